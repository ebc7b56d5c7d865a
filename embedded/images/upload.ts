// Image uploads in one file or two: received into the spool, then parsed and added in an operation.
import { rmSync } from "node:fs";
import type { Hash } from "node:crypto";

import { DaemonError, failed } from "../errors";
import type { Call } from "../http/call";
import { type Reply, running } from "../http/reply";
import { sha256, type Spooled, spoolStream } from "../store/spool";
import { addImage, type ImageFiles, type ImageRequest } from "./add";
import { readTarball } from "./metadata";
import { readMultipart } from "./multipart";

/** The received files; the names of a split upload's parts determine its type. */
export interface Received {
  main: Spooled;
  rootfs?: Spooled & { type: "container" | "virtual-machine"; filename: string };
  hash: Hash;
}

const ROOTFS = { rootfs: "container", "rootfs.img": "virtual-machine" } as const;

function discard(received: Partial<Received>): void {
  for (const file of [received.main, received.rootfs]) if (file) rmSync(file.path, { force: true });
}

/** Two parts in this order: `metadata`, then `rootfs` or `rootfs.img`. */
export async function receiveSplit(call: Call, boundary: string): Promise<Received> {
  const hash = sha256();
  const got: Partial<Received> = {};
  const dir = call.daemon.store.spoolDir;
  try {
    await readMultipart(call.body, boundary, async ({ name, filename, body }) => {
      if (got.main === undefined && name === "metadata") got.main = await spoolStream(body, dir, [hash]);
      else if (got.main && got.rootfs === undefined && (name === "rootfs" || name === "rootfs.img")) {
        got.rootfs = { ...(await spoolStream(body, dir, [hash])), type: ROOTFS[name], filename };
      } else {
        body.resume();
        throw failed("Invalid multipart image");
      }
    });
    if (got.main === undefined || got.rootfs === undefined) throw failed("EOF");
    return { main: got.main, rootfs: got.rootfs, hash };
  } catch (error) {
    discard(got);
    throw error;
  }
}

/** `k=v&k2=v2`, percent-encoded, the format of maps and lists in headers. */
const pairsOf = (header: string): URLSearchParams => new URLSearchParams(header);

export function requestFromHeaders(call: Call, project: string, filename: string): ImageRequest {
  const profiles = pairsOf(call.productHeader("profiles")).getAll("profile");
  const hasAliases = call.daemon.settings.product.has("image_import_alias");
  const aliases = hasAliases ? pairsOf(call.productHeader("aliases")).getAll("alias") : [];
  return {
    project,
    filename,
    public: ["true", "1"].includes(call.productHeader("public")),
    autoUpdate: false,
    properties: Object.fromEntries(pairsOf(call.productHeader("properties"))),
    profiles: profiles.length > 0 ? profiles : undefined,
    expiresAt: undefined,
    aliases: aliases.map((name) => ({ name, description: "" })),
  };
}

function checkFingerprint(call: Call, got: string): void {
  const expected = call.productHeader("fingerprint");
  if (expected === "" || expected === got) return;
  const isLxd = call.daemon.settings.product.kind === "lxd";
  throw failed(`${isLxd ? "Fingerprints do not match" : "fingerprints don't match"}, got ${got} expected ${expected}`);
}

/** A request that crashes a real daemon is an error here, so that a program which sends it is detected. */
function checkProperties(request: ImageRequest, { metadata }: ImageFiles): void {
  if (metadata.properties !== undefined || Object.keys(request.properties).length === 0) return;
  const reason = "properties in the header of an image without any in its metadata end a real daemon";
  throw failed(`assignment to entry in nil map (${reason})`);
}

async function filesOf(received: Received): Promise<ImageFiles> {
  const { main, rootfs } = received;
  const { metadata, type } = await readTarball(main.path);
  const kind = rootfs?.type ?? type;
  if (kind === undefined) throw failed("Invalid instance type");
  const paths = rootfs ? { main: main.path, rootfs: rootfs.path } : { main: main.path };
  const sizeBytes = main.sizeBytes + (rootfs?.sizeBytes ?? 0);
  return { fingerprint: received.hash.copy().digest("hex"), sizeBytes, metadata, type: kind, ...paths };
}

/** The operation that creates an image from the received files. */
export function startUpload(call: Call, request: ImageRequest, received: Received): Reply {
  const { operations } = call.daemon;
  const run = async (progress: (metadata: Record<string, unknown>) => void) => {
    try {
      const fingerprint = received.hash.copy().digest("hex");
      checkFingerprint(call, fingerprint);
      const files = await filesOf(received).catch((error: unknown) => {
        throw error instanceof DaemonError ? error : failed("unexpected EOF");
      });
      checkProperties(request, files);
      progress({ fingerprint, size: String(files.sizeBytes) });
      addImage(call.daemon, request, files);
    } finally {
      discard(received);
    }
  };
  // Every image create has this description, even without a download.
  return running(operations.start({ description: "Downloading image", project: request.project, run }));
}
