// Creates an instance, empty or from an image or another instance, in one request that also sets the owner.
import { findAlias, findImage } from "../../../lxd/api/images";
import {
  createInstance,
  findInstance,
  findSnapshot,
  type NewSource,
  type RootSource,
  type StringMap,
  type WireInstance,
} from "../../../lxd/api/instance/instances";
import { type Client } from "../../../lxd/client/core/client";
import { LxdError } from "../../../base/errors";
import { type Context } from "../../../kind/kind";
import { pullKey, spokenProtocol } from "../../shared/image-pull";
import { afterFirst } from "../../../base/concurrency";
import { createDeadlineMs, markersOf, requireType } from "../markers";
import { createOrFind } from "./ambiguous-create";
import { creatingKey } from "../../shared/ownership";
import { requireOwn } from "../existing";
import { restore } from "./restore";
import { type InstanceInputs } from "../schema";
import { desiredConfig } from "../settings";
import { type AnyCopySource, type AnyImageSource, imageOf, isCopy, isImage } from "../source";

type Inputs = InstanceInputs;

export async function make(context: Context, inputs: Inputs): Promise<void> {
  const { source } = inputs;
  if (source !== undefined && "backup" in source) return restore(context, inputs, source);
  const { client, urn, status } = context;
  const { name, type, architecture, project, target } = inputs;
  const copied = source !== undefined && isCopy(source) ? await getCopied(client, inputs, source) : undefined;
  const markers = markersOf(inputs, urn, copied);
  const settings = desiredConfig({ config: markers, devices: {} }, inputs, { urn, info: await client.info() });
  const request = {
    ...settings,
    // A cluster derives the architecture of a copy only if the source is on the same member.
    ...{ name, type, architecture: architecture ?? copied?.architecture },
    config: { ...hints(inputs), ...unset(copied?.config), ...settings.config, [creatingKey]: "true" },
    devices: { ...withoutDevices(copied?.devices), ...settings.devices },
    source: await sourceToWire(client, inputs),
  };
  const options = { deadlineMs: createDeadlineMs, onProgress: status };
  const check = (found: WireInstance): void => requireOwn(found, inputs, urn);
  const look = { at: inputs, deadlineMs: createDeadlineMs, evidence: "operation" as const, check };
  await bringing(context, inputs, () =>
    createOrFind(context, look, () => createInstance(client, { project, target }, request, options)),
  );
}

/** Runs work for which the daemon pulls an image; of several for one image, the first pulls it for all. */
export function bringing(context: Context, { source, project }: Inputs, work: () => Promise<void>): Promise<void> {
  if (source === undefined || !("server" in source)) return work();
  const { client, status } = context;
  const image = `${source.alias ?? source.fingerprint ?? ""} of ${source.server}`;
  const onWait = (): void => status(`waiting for the image ${image}, which another resource imports`);
  return afterFirst(pullKey(client, project, source), onWait, work);
}

/**
 * The daemons copy the source's config and devices unless a key is empty or a device is overridden with type `none`.
 */
function unset(config: StringMap | null | undefined): StringMap {
  const own = Object.keys(config ?? {}).filter((key) => !key.startsWith("volatile.") && !key.startsWith("image."));
  return Object.fromEntries(own.map((key) => [key, ""]));
}

function withoutDevices(devices: WireInstance["devices"]): Record<string, StringMap> {
  return Object.fromEntries(Object.keys(devices ?? {}).map((name) => [name, { type: "none" }]));
}

/** Incus uses different virtual hardware for Windows; an image declares this itself. */
function hints({ os, source }: Inputs): StringMap {
  return os === "windows" && source === undefined ? { "image.os": "Windows" } : {};
}

async function sourceToWire(client: Client, inputs: Inputs): Promise<NewSource> {
  const { source, project } = inputs;
  if (source === undefined || "backup" in source) return { type: "none" };
  if (isImage(source)) return imageToWire(client, inputs, source);
  const from = "instance" in source ? source.instance : source.snapshot;
  const instanceOnly = "snapshot" in source || source.instanceOnly === true;
  return { type: "copy", source: from, project: source.project ?? project, instance_only: instanceOnly };
}

/** A local image is referenced by its fingerprint, and is known to be compatible. */
export async function imageToWire(client: Client, inputs: Inputs, source: AnyImageSource): Promise<RootSource> {
  if ("server" in source) {
    const { server, alias, fingerprint, certificate } = source;
    const protocol = await spokenProtocol(client, source.protocol);
    return { type: "image", mode: "pull", server, protocol, alias, fingerprint, certificate };
  }
  const fingerprint = imageOf(source, inputs.sourceVersion) ?? (await resolve(client, inputs, source));
  await requireImage(client, inputs, fingerprint);
  return { type: "image", fingerprint };
}

async function resolve(client: Client, { project }: Inputs, source: AnyImageSource): Promise<string> {
  const alias = ("alias" in source ? source.alias : undefined) ?? "";
  const found = await findAlias(client, project, alias);
  if (found !== undefined) return found.target;
  const why = `there is no image alias "${alias}" in project ${project}`;
  throw new LxdError({ code: "not-found", why, advice: "Create that alias first, or use another." });
}

async function requireImage(client: Client, inputs: Inputs, fingerprint: string): Promise<void> {
  const { project, type, architecture } = inputs;
  const found = await findImage(client, { project, fingerprint });
  if (found === undefined) {
    const why = `there is no image ${fingerprint} in project ${project}`;
    throw new LxdError({ code: "not-found", why, advice: "Import the image first, or name another fingerprint." });
  }
  requireType(type, found.value, `the image ${fingerprint}`);
  if (architecture === undefined || found.value.architecture === architecture) return;
  const why = `the image ${fingerprint} is for ${found.value.architecture}, not for ${architecture}`;
  throw new LxdError({ code: "invalid-argument", why, advice: "Omit `architecture`, or use another image." });
}

async function getCopied(
  client: Client,
  { project, type }: Inputs,
  source: AnyCopySource,
): Promise<Pick<WireInstance, "config" | "devices" | "architecture">> {
  const place = source.project ?? project;
  const [name = "", snapshot] = ("instance" in source ? source.instance : source.snapshot).split("/");
  const found = await findInstance(client, { project: place, name });
  const what = `instance ${place}/${name}`;
  if (found === undefined) throw missing(what);
  requireType(type, found.value, `the ${what}`);
  if (snapshot === undefined) return found.value;
  const frozen = await findSnapshot(client, { project: place, name, snapshot });
  if (frozen === undefined) throw missing(`snapshot ${snapshot} of the ${what}`);
  return { ...frozen, architecture: found.value.architecture };
}

function missing(what: string): LxdError {
  const advice = "Name one that exists, or make it in this program.";
  return new LxdError({ code: "not-found", why: `there is no ${what} to copy`, advice });
}
