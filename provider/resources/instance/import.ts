// Imports an existing instance: compares it with the program and reports every difference; changes nothing on the
// daemon.
import { findInstance, type InstanceAddress } from "../../lxd/api/instance/instances";
import { type Client } from "../../lxd/client/core/client";
import { LxdError } from "../../base/errors";
import { type CheckContext, type Failure } from "../../kind/kind";
import { plain } from "../../kind/props";
import { hasUnknown } from "../../kind/unknowns";
import { difference, valueDifferences } from "../shared/import-comparison";
import { type Sides } from "../shared/program-values";
import { policies } from "./inputs";
import { type InstanceInputs, type InstanceOutputs } from "./schema";
import { toOutputs } from "./settings";
import { normalize } from "../shared/normalize";

/** `project/name`; undefined if the ID is not valid. */
export function parseInstanceId(id: string): InstanceAddress | undefined {
  const [project, name, ...more] = id.split("/");
  return project && name && more.length === 0 ? { project, name } : undefined;
}

/** Parses an ID that a user specified. */
export function addressOf(id: string): InstanceAddress {
  const address = parseInstanceId(id);
  if (address !== undefined) return address;
  const why = `"${id}" is not a valid instance ID`;
  throw new LxdError({ code: "invalid-argument", why, advice: 'Use the form "project/name".' });
}

/** Everything that prevents the import. */
export async function importFailures(
  client: Client,
  { inputs, importId = "", isSecret }: CheckContext<InstanceInputs>,
): Promise<Failure[]> {
  const address = parseInstanceId(importId);
  if (address === undefined) return [{ property: "", reason: `import: "${importId}" must be "project/name"` }];
  const places = (["project", "name"] as const).filter((key) => address[key] !== inputs[key]);
  if (places.length > 0) {
    return places.map((key) => ({
      property: key,
      reason: `import: is "${inputs[key] ?? ""}" in the program and "${address[key]}" in the ID`,
    }));
  }
  const found = await findInstance(client, address);
  if (found === undefined) return [{ property: "", reason: `import: there is no instance ${importId}` }];
  const desired = inputs as InstanceInputs;
  return differences(desired, toOutputs(desired, found.value), isSecret);
}

/** Inputs that do not describe an existing instance. */
const passed = [
  "source",
  "sourceVersion",
  "onImageChange",
  "os",
  "power",
  "allowRestart",
  "shutdownTimeout",
  "onDelete",
  "waitFor",
  "bootCommand",
  "files",
  "__identity",
];

type IsSecret = CheckContext<InstanceInputs>["isSecret"];

function differences(desired: InstanceInputs, actual: InstanceInputs, isSecret: IsSecret): Failure[] {
  const compared = { program: plain(normalize(desired)), daemon: plain(normalize(actual)) };
  const written = { program: plain(desired), daemon: plain(actual) };
  const keys = (Object.keys(policies) as (keyof InstanceInputs)[]).filter((key) => !passed.includes(key));
  const open = (["architecture", "target"] as const).filter((key) => desired[key] === undefined);
  const skipped: string[] = [...open, ...(desired.power === "managed" ? [] : ["running"])];
  const failures = keys.flatMap((key) =>
    skipped.includes(key)
      ? []
      : valueDifferences(key, { compared: at(compared, key), written: at(written, key), isSecret }),
  );
  return [...failures, ...imageDifferences(desired, actual, isSecret)];
}

function at(
  { program, daemon }: { program: InstanceInputs; daemon: InstanceInputs },
  key: keyof InstanceInputs,
): Sides {
  return { program: program[key], daemon: daemon[key] };
}

function imageDifferences(
  { source }: InstanceInputs,
  { source: actual }: InstanceInputs,
  isSecret: IsSecret,
): Failure[] {
  if (source === undefined || hasUnknown(source) || !("image" in source)) return [];
  const image = actual !== undefined && "image" in actual ? actual.image : undefined;
  return source.image === image ? [] : [difference("source.image", { program: source.image, daemon: image }, isSecret)];
}

/** The inputs of an instance of which only the address is known, used to read it. */
export function unwritten(at: InstanceAddress, state: Partial<InstanceOutputs>): InstanceInputs {
  return {
    type: "container",
    description: "",
    onImageChange: "replace",
    ephemeral: false,
    cdroms: [],
    nics: [],
    disks: [],
    tpm: false,
    agentDrive: false,
    cloudInitDrive: false,
    os: "linux",
    config: {},
    devices: {},
    profiles: [],
    running: true,
    power: "ignored",
    allowRestart: false,
    shutdownTimeout: "30s",
    onDelete: "force",
    waitFor: [],
    bootCommand: [],
    files: [],
    ...state,
    ...at,
  };
}
