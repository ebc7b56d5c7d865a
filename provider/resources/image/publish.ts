// Makes an image of an instance or of a snapshot; a running instance is stopped for it only with consent.
import { createImage, type NewImage } from "../../api/images";
import { findInstance, type InstanceAddress } from "../../api/instances";
import { LxdError } from "../../errors";
import { type Context } from "../../kind";
import { type ImageInputs } from "./inputs";
import { type InstanceSource, type SnapshotSource } from "./source";
import { isRunning, start, stop } from "../instance/power";

const defaultDeadlineMs = 4 * 60 * 60_000;
/** How long a guest may take to shut down before it is switched off. */
const stopTimeoutMs = 60_000;

export interface Publication {
  inputs: ImageInputs;
  source: InstanceSource | SnapshotSource;
  properties: Record<string, string>;
  /** How long packing may take. */
  deadlineMs?: number;
}

export async function publish(context: Context, publication: Publication): Promise<string> {
  const { source, inputs } = publication;
  if ("snapshot" in source) return pack(context, publication, { type: "snapshot", name: source.snapshot });
  const { client } = context;
  const at = { project: inputs.project, name: source.instance };
  const found = await findInstance(client, at);
  if (found === undefined) throw missing(at);
  const made = (): Promise<string> => pack(context, publication, { type: "instance", name: source.instance });
  if (!isRunning(found.value)) return made();
  if (source.stopRunning !== true) throw running(at);
  context.status(`stopping ${at.name}`);
  await stop(client, at, stopTimeoutMs);
  // Whatever comes of it, a machine that ran before runs again.
  return made().finally(() => start(client, at));
}

function pack(
  { client, status }: Context,
  { inputs, source, properties, deadlineMs = defaultDeadlineMs }: Publication,
  from: NewImage["source"],
): Promise<string> {
  const json = { source: from, public: inputs.public, properties, compression_algorithm: source.compression };
  return createImage(client, inputs.project, json, { deadlineMs, onProgress: status });
}

function missing({ project, name }: InstanceAddress): LxdError {
  const why = `there is no instance ${name} in project ${project}`;
  return new LxdError({ code: "not-found", why, advice: "Name an instance of the image's own project." });
}

function running({ name }: InstanceAddress): LxdError {
  return new LxdError({
    code: "in-use",
    why: `the instance ${name} is running`,
    advice: "Stop it, publish a snapshot of it, or set stopRunning: true to have it stopped for as long as it takes.",
  });
}
