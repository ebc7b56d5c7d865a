// Normalizes config values that the daemons accept in several forms: `8GiB` and `8192MiB`, `yes` and `true`.
import { type StringMap } from "../../lxd/api/instance/instances";
import { booleanOf } from "../../kind/booleans";
import { isUnknown } from "../../kind/unknowns";
import { parseSize } from "../../kind/units";

/** Free-form values, which are compared verbatim. */
const verbatim = /^(user\.|raw\.|environment\.|cloud-init\.|dns\.|source$)/;
/** Boolean keys, for which `1` means true; in other keys it is a number. */
const switches =
  /^(features\..+|restricted|ipv[46]\.(nat|dhcp|dhcp\.stateful|firewall|routing|ovn\.ranges)|security\.(shifted|unmapped|shared)|rsync\.compression|.*\.(clone_copy|use_refquota|delegate|blocksize_auto|thinpool\.grow|remove_snapshots))$/;

export function normalizeValue(key: string, value: string): string {
  if (verbatim.test(key) || isUnknown(value)) return value;
  const isNumber = /^[01]$/.test(value) && !switches.test(key);
  const answer = isNumber ? undefined : booleanOf(value);
  if (answer !== undefined) return String(answer);
  const bytes = parseSize(value);
  return bytes === undefined ? value : String(bytes);
}

export function normalizeConfig(config: StringMap): StringMap {
  if (isUnknown(config)) return config;
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, normalizeValue(key, value)]));
}
