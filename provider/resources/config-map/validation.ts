// What can be seen to be wrong about the config of a simple noun without asking the daemon.
import { type StringMap } from "../../lxd/api/instance/instances";
import { type Draft, type Failure } from "../../kind/kind";
import { isUnknown } from "../../kind/unknowns";
import { isBookkeeping } from "../shared/ownership";
import { saidTwice } from "./fields";
import { type ConfigInputs, type TypedField } from "./definition";

export function keyRules<Inputs extends ConfigInputs>(draft: Draft<Inputs>, fields: readonly TypedField[]): Failure[] {
  const config = draft.config as StringMap | undefined;
  const keys = Object.keys(config === undefined || isUnknown(config) ? {} : config);
  const reserved = keys.filter((key) => isBookkeeping(key) || key.startsWith("volatile."));
  const reasonOf = "is managed by the server or this provider; remove it";
  return [
    ...reserved.map((key) => ({ property: `config["${key}"]`, reason: reasonOf })),
    ...saidTwice(draft, fields).map(({ key, path }) => ({
      property: `config["${key}"]`,
      reason: `duplicates \`${path.join(".")}\`; set only one of the two`,
    })),
  ];
}
