// Publishes an instance or snapshot as an image; stops a running instance only if the program allows it.
import { createImage, type NewImage } from "../../../lxd/api/images";
import { findInstance, type InstanceAddress } from "../../../lxd/api/instance/instances";
import { isCode, LxdError } from "../../../base/errors";
import { type Client } from "../../../lxd/client/core/client";
import { missingExtension } from "../../../lxd/client/discovery/server-info";
import { type Context, type Failure } from "../../../kind/kind";
import { type ImageInputs } from "../inputs";
import { isPublished } from "../source";
import { type ImageSource, type InstanceSource, type SnapshotSource } from "../source-types";
import { isRunning, start, stop } from "../../machine/power";

const defaultDeadlineMs = 4 * 60 * 60_000;
const oneSecondMs = 1000;
/** How long a guest may take to shut down before the stop is forced. */
const stopTimeoutMs = 60_000;

type Surroundings = Pick<Context, "client" | "status">;

export interface Publication {
  inputs: ImageInputs;
  source: InstanceSource | SnapshotSource;
  properties: Record<string, string>;
  fileName?: string;
  /** How long packing may take. */
  deadlineMs?: number;
}

export async function publish(context: Surroundings, publication: Publication): Promise<string> {
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
  await stop(context, at, stopTimeoutMs);
  // An instance that ran before is started again in any case.
  try {
    return await made();
  } finally {
    await start(context, at).catch((error: unknown) => {
      throw stillOff(error, at);
    });
  }
}

function stillOff(cause: unknown, { name }: InstanceAddress): LxdError {
  const { details } = LxdError.from(cause);
  const why = `${details.why}; the instance ${name}, which was stopped for this, is still stopped: start it manually`;
  return new LxdError({ ...details, why, cause });
}

/** Reports missing server features. Whether the instance exists and is stopped is known only when the step runs. */
export async function publishFailures(client: Client, source: ImageSource): Promise<Failure[]> {
  if (typeof source !== "object" || !isPublished(source) || source.format !== "split") return [];
  const info = await client.info();
  if (info.extensions.has("instance_publish_split")) return [];
  const error = missingExtension(info, "instance_publish_split", "images of instances in two files");
  return [{ property: "source.format", reason: error.message }];
}

async function pack(
  { client, status }: Surroundings,
  { inputs, source, properties, fileName, deadlineMs = defaultDeadlineMs }: Publication,
  from: NewImage["source"],
): Promise<string> {
  const { public: isPublic, expiresAt: expires_at } = inputs;
  const isSet = ([, value]: [string, string]): boolean => value !== "";
  const json = {
    source: from,
    filename: fileName,
    public: isPublic,
    properties: Object.fromEntries(Object.entries(properties).filter(isSet)),
    expires_at,
    compression_algorithm: source.compression,
    // Servers without the extension only create unified images, so the format is not sent.
    format: source.format === "split" ? source.format : undefined,
  };
  const options = { deadlineMs, onProgress: status };
  const make = (): Promise<string> => createImage(client, inputs.project, json, options);
  try {
    // Image timestamps have whole seconds: two images of an unchanged instance in the same second are identical.
    return await make().catch(async (error: unknown) => {
      if (!isCode(error, "already-exists")) throw error;
      await client.pause(oneSecondMs);
      return make();
    });
  } catch (error) {
    throw explained(error, source);
  }
}

/** The daemons compress with a program on the server and report a missing one only at that point. */
function explained(error: unknown, { compression }: Publication["source"]): unknown {
  if (!(error instanceof LxdError) || !/executable file not found|compression algorithm/i.test(error.details.why))
    return error;
  const advice = `The server does not support compression: "${compression ?? ""}". Every server supports gzip, xz and none.`;
  return new LxdError({ ...error.details, advice });
}

function missing({ project, name }: InstanceAddress): LxdError {
  const why = `there is no instance ${name} in project ${project}`;
  return new LxdError({ code: "not-found", why, advice: "Use an instance in the image's own project." });
}

function running({ name }: InstanceAddress): LxdError {
  return new LxdError({
    code: "in-use",
    why: `the instance ${name} is running`,
    advice: "Stop it, publish a snapshot of it, or set stopRunning: true to stop it until the image is published.",
  });
}
