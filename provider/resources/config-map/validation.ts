// Validates the config of config-map kinds without the daemon.
import { type StringMap } from "../../lxd/api/instance/instances";
import { type Failure, type PartialInputs } from "../../kind/kind";
import { isUnknown } from "../../kind/unknowns";
import { isProviderKey, reservedReason } from "../shared/ownership";
import { writtenTwice } from "./fields";
import { type ConfigInputs, type TypedField } from "./definition";

export function validateKeys<Inputs extends ConfigInputs>(
  inputs: PartialInputs<Inputs>,
  fields: readonly TypedField[],
): Failure[] {
  const config = inputs.config as StringMap | undefined;
  const keys = Object.keys(config === undefined || isUnknown(config) ? {} : config);
  const reserved = keys.filter((key) => isProviderKey(key) || key.startsWith("volatile."));
  return [
    ...reserved.map((key) => ({ property: `config["${key}"]`, reason: reservedReason(key) })),
    ...writtenTwice(inputs, fields).map(({ key, path }) => ({
      property: `config["${key}"]`,
      reason: `duplicates \`${path.join(".")}\`; set only one of the two`,
    })),
  ];
}
