// What the daemon can say about a golden image before anything is built.
import { type Client } from "../../lxd/client/core/client";
import { LxdError } from "../../base/errors";
import { type Completion, type Failure } from "../../kind/kind";
import { isUnknown } from "../../kind/unknowns";
import { takenAliases } from "../image/aliases/aliases";
import { preflight as preflightInstance } from "../instance/preflight/preflight";
import { builderDraft } from "./build/machine";
import { missing } from "./release/release";
import { type GoldenInputs } from "./schema";
import { slotsOf } from "./build/build-semaphore";
import { targetFailures } from "./replicate/target-preflight";
import { isCandidate, versionOf, versionsOf } from "./versions";

type Inputs = GoldenInputs;

export async function preflight(client: Client, completion: Completion<Inputs>): Promise<Failure[]> {
  const { draft, urn, importId, config } = completion;
  if (importId !== undefined) return [noImport];
  slotsOf(config.parallelBuilds);
  const machine = builderDraft(draft, urn);
  const surroundings = { ...completion, draft: machine, olds: undefined, kept: {}, replaced: undefined };
  const ofMachine = await preflightInstance(client, surroundings);
  return [
    ...ofMachine.map(({ property, reason }) => ({ property: fieldOf(property), reason })),
    ...(ofMachine.some(({ property }) => property === "project") ? [] : await aliasFailures(client, completion)),
    ...(await preflightChange(client, completion)),
  ];
}

export async function preflightChange(client: Client, completion: Completion<Inputs>): Promise<Failure[]> {
  const ofTargets = await targetFailures(client, completion);
  return [...(await pinFailures(client, completion)), ...ofTargets];
}

/** The field of this resource for one of the builder's. */
function fieldOf(property: string): string {
  if (["project", "remote"].includes(property)) return property;
  return property.startsWith("cdroms") ? "iso" : `machine.${property}`;
}

async function aliasFailures(client: Client, { draft, urn }: Completion<Inputs>): Promise<Failure[]> {
  const { image, project } = draft;
  if (image === undefined || isUnknown(image) || !Array.isArray(image.aliases) || project === undefined) return [];
  const successor = { urn, policy: image.aliasPolicy, isShared: false, replaced: undefined };
  const failures = await takenAliases(client, { project, fingerprint: "" }, image.aliases, successor);
  return failures.map((failure) => ({ ...failure, property: `image.${failure.property}` }));
}

async function pinFailures(client: Client, { draft, urn }: Completion<Inputs>): Promise<Failure[]> {
  const { pin, project } = draft;
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
