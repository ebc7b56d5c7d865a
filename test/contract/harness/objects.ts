// What most contract tests begin with: an ISO volume, an image, a VM, a container of the run's own.
import { expect } from "vitest";
import { at, type RawReply, textAt } from "./raw";
import type { Outcome } from "./operation";
import type { TestDaemon } from "./daemons";
import { tinyImage, type TinyImageOptions } from "./tiny-image";
import { tinyIso } from "./tiny-iso";

export const CUSTOM = "/1.0/storage-pools/default/volumes/custom";

export const ROOT = { type: "disk", path: "/", pool: "default", size: "16MiB" };

/** What lets a guest start that nobody has signed, in this server's words. */
export const unsigned = (daemon: TestDaemon): Record<string, string> =>
  daemon.has("instance_boot_mode") ? { "boot.mode": "uefi-nosecureboot" } : { "security.secureboot": "false" };

/** The code of a failed operation. Incus keeps it for itself from 6.0.5 and 6.12 on, and gives the operation alone. */
export const operationCode = (daemon: TestDaemon, code: number): number =>
  daemon.isModel || daemon.product === "lxd" ? code : (expect.any(Number) as number);

/** Imports an ISO under a name of the run. */
export function importIso(daemon: TestDaemon, suffix: string, bytes: Buffer = tinyIso()): Promise<Outcome> {
  const headers = {
    "Content-Type": "application/octet-stream",
    [daemon.header("name")]: daemon.name(suffix),
    [daemon.header("type")]: "iso",
  };
  return daemon.settle(daemon.raw.post(CUSTOM, bytes, headers));
}

/** A CD device of an imported ISO. */
export const cd = (daemon: TestDaemon, suffix: string, more: Record<string, string> = {}) => ({
  type: "disk",
  pool: "default",
  source: daemon.name(suffix),
  ...more,
});

/** Asks for an instance: a blank VM without profiles unless `more` says otherwise. */
export function postInstance(daemon: TestDaemon, suffix: string, more: object = {}): Promise<RawReply> {
  return daemon.raw.post("/1.0/instances", {
    name: daemon.name(suffix),
    type: "virtual-machine",
    source: { type: "none" },
    profiles: [],
    config: unsigned(daemon),
    devices: { root: ROOT },
    ...more,
  });
}

export async function makeInstance(daemon: TestDaemon, suffix: string, more: object = {}): Promise<string> {
  const outcome = await daemon.settle(postInstance(daemon, suffix, more));
  if (!outcome.ok) throw new Error(`${daemon.name(suffix)} was not made: ${outcome.error}`);
  return `/1.0/instances/${daemon.name(suffix)}`;
}

/** Uploads a unified image whose content is the run's own; gives its fingerprint. */
export async function uploadImage(daemon: TestDaemon, suffix: string, options: TinyImageOptions = {}): Promise<string> {
  const properties = { os: "tiny", run: daemon.name(suffix), ...options.properties };
  const outcome = await daemon.settle(
    daemon.raw.post("/1.0/images", tinyImage({ ...options, properties }), {
      "Content-Type": "application/octet-stream",
    }),
  );
  if (!outcome.ok) throw new Error(`the image was not uploaded: ${outcome.error}`);
  return textAt(outcome.metadata, "fingerprint");
}

/** The object at a path, as the daemon shows it. */
export async function objectAt(daemon: TestDaemon, path: string): Promise<Record<string, unknown>> {
  const { body } = await daemon.raw.get(path);
  return (at(body, "metadata") ?? {}) as Record<string, unknown>;
}

/** PUTs an instance back with some fields changed, guarded by the ETag that it was read with. */
export async function changeInstance(daemon: TestDaemon, path: string, change: object): Promise<Outcome> {
  const { headers, body } = await daemon.raw.get(path);
  const { architecture, config, devices, ephemeral, profiles, description } = body.metadata as Record<string, unknown>;
  const full = { architecture, config, devices, ephemeral, profiles, description, ...change };
  return daemon.settle(daemon.raw.put(path, full, { "If-Match": headers.etag ?? "" }));
}

export function setState(daemon: TestDaemon, path: string, body: object): Promise<Outcome> {
  return daemon.settle(daemon.raw.put(`${path}/state`, body));
}
