// Preflight checks of a golden image.
import { type Client } from "../../lxd/client/core/client";
import { LxdError } from "../../base/errors";
import { type CheckContext, type Failure } from "../../kind/kind";
import { isUnknown } from "../../kind/unknowns";
import { takenAliases } from "../image/aliases/aliases";
import { preflight as preflightInstance } from "../instance/preflight/preflight";
import { partialBuilder } from "./build/machine";
import { missing } from "./release/release";
import { type GoldenInputs } from "./schema";
import { parallelBuilds } from "./build/build-semaphore";
import { targetFailures } from "./replicate/target-preflight";
import { isCandidate, versionOf, versionsOf } from "./versions";

type Inputs = GoldenInputs;

export async function preflight(client: Client, check: CheckContext<Inputs>): Promise<Failure[]> {
  const { inputs, urn, importId, config } = check;
  if (importId !== undefined) return [noImport];
  parallelBuilds(config.parallelBuilds);
  const machine = partialBuilder(inputs, urn);
  const surroundings = { ...check, inputs: machine, olds: undefined, unchanged: {}, replaced: undefined };
  const ofMachine = await preflightInstance(client, surroundings);
  return [
    ...ofMachine.map(({ property, reason }) => ({ property: fieldOf(property), reason })),
    ...(ofMachine.some(({ property }) => property === "project") ? [] : await aliasFailures(client, check)),
    ...(await preflightChange(client, check)),
  ];
}

export async function preflightChange(client: Client, check: CheckContext<Inputs>): Promise<Failure[]> {
  const ofTargets = await targetFailures(client, check);
  return [...(await pinFailures(client, check)), ...ofTargets];
}

/** Maps a property of the builder to a property of this resource. */
function fieldOf(property: string): string {
  if (["project", "remote"].includes(property)) return property;
  const [, index = "0"] = /^cdroms(?:\[(\d+)\])?/.exec(property) ?? [];
  if (!property.startsWith("cdroms")) return `machine.${property}`;
  return index === "0" ? "iso" : `media[${Number(index) - 1}]`;
}

async function aliasFailures(client: Client, { inputs, urn }: CheckContext<Inputs>): Promise<Failure[]> {
  const { image, project } = inputs;
  if (image === undefined || isUnknown(image) || !Array.isArray(image.aliases) || project === undefined) return [];
  const successor = { urn, policy: image.aliasPolicy, isShared: false, replaced: undefined };
  const failures = await takenAliases(client, { project, fingerprint: "" }, image.aliases, successor);
  return failures.map((failure) => ({ ...failure, property: `image.${failure.property}` }));
}

async function pinFailures(client: Client, { inputs, urn }: CheckContext<Inputs>): Promise<Failure[]> {
  const { pin, project } = inputs;
  if (pin === undefined || isUnknown(pin) || project === undefined || isUnknown(project)) return [];
  const versions = await versionsOf({ client, project, urn });
  if (versions.some((image) => versionOf(image) === pin && !isCandidate(image))) return [];
  try {
    return missing(pin, versions);
  } catch (error) {
    return [{ property: "pin", reason: LxdError.from(error).message }];
  }
}

const noImport: Failure = {
  property: "",
  reason: "import: a golden image is built, it cannot be imported [unsupported]\nRemove the option.",
};
