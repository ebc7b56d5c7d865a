// Keys that the provider stores on a new instance: its owner, its source and its remaining steps.
import { type StringMap } from "../../lxd/api/instance/instances";
import { LxdError } from "../../base/errors";
import { ownerKey, pendingKey, sourceKey } from "../shared/ownership";
import { type InstanceInputs } from "./schema";
import { isServers } from "../machine/settings";
import { markOf } from "./source";
import { firstPhase } from "./phases";

type Inputs = InstanceInputs;

/** How long the daemon may take to create an instance. */
export const createDeadlineMs = 60 * 60_000;

/** The keys of a new instance. A copy must not inherit the provider's keys from its source. */
export function markersOf(inputs: Inputs, urn: string, copied?: unknown): StringMap {
  const left = firstPhase(inputs) ?? (copied === undefined ? undefined : "power");
  const mark = markOf(inputs.source, inputs.sourceVersion);
  return {
    [ownerKey]: urn,
    ...(left === undefined ? {} : { [pendingKey]: left }),
    ...(mark === undefined ? {} : { [sourceKey]: mark }),
  };
}

/** The keys to keep when the settings are replaced by the program's: those that only the server writes. */
export function serverKeys(config: StringMap | null | undefined): StringMap {
  const own = Object.entries(config ?? {}).filter(([key]) => isServers(key) && !key.startsWith("user."));
  return Object.fromEntries(own);
}

export function requireType(type: Inputs["type"], found: { type: string }, what: string): void {
  const problem = otherType(type, found, what);
  if (problem !== undefined) throw problem;
}

export function otherType(type: Inputs["type"], found: { type: string }, what: string): LxdError | undefined {
  if (found.type === type) return undefined;
  const why = `${what} is one of a ${found.type}, not of a ${type}`;
  return new LxdError({ code: "invalid-argument", why, advice: `Write type: "${found.type}".` });
}
