// Imports an existing ISO volume: compares it with the program and reports every difference; changes and uploads
// nothing.
import { createHash } from "node:crypto";
import { exportIso } from "../../lxd/api/storage/volume-backups";
import { findVolume, sizeOf, type VolumeAddress, type WireVolume } from "../../lxd/api/storage/volumes";
import { type Client } from "../../lxd/client/core/client";
import { releasesWith } from "../../lxd/client/discovery/features";
import { type CheckContext, type Failure } from "../../kind/kind";
import { contentOf, type IsoSource } from "./source";
import { type IsoVolumeInputs, unverified } from "./inputs";
import { parseVolumeId, volumeId } from "./id";

/** The largest unit to which a pool rounds up the size of a copied volume. */
const roundingBytes = 4 * 1024 * 1024;

/** Everything that prevents the import. */
export async function importFailures(
  client: Client,
  at: VolumeAddress,
  check: CheckContext<IsoVolumeInputs>,
): Promise<Failure[]> {
  const { inputs, importId = "", status, signal } = check;
  const address = parseVolumeId(importId);
  if (address === undefined) return [failure("", `import: "${importId}" must be "project/pool/name"`)];
  if (importId !== volumeId(at)) return placeFailures(address, at);
  const found = await findVolume(client, at);
  if (found === undefined)
    return [failure("", `import: there is no volume ${importId}; check the list of the pool's volumes`)];
  const { value } = found;
  if (value.content_type !== "iso") {
    return [failure("", `import: ${importId} is of content type "${value.content_type}", not iso`)];
  }
  const failures =
    value.description === (inputs.description ?? "") ? [] : [describeDifference(value, inputs.description)];
  const { source, digest = "", trustContent } = inputs;
  if (source === undefined) return failures;
  const content = await contentFailures(client, { at, wire: value, source, digest, trustContent, status, signal });
  return [...failures, ...content];
}

interface Comparison {
  at: VolumeAddress;
  wire: WireVolume;
  source: IsoSource;
  digest: string;
  trustContent: boolean | undefined;
  status: (text: string) => void;
  signal: AbortSignal;
}

async function contentFailures(client: Client, comparison: Comparison): Promise<Failure[]> {
  const { at, wire, source, digest, trustContent } = comparison;
  if ("volume" in source || digest === unverified) return [];
  const desired = (await contentOf(source, comparison)).sizeBytes;
  const actual = sizeOf(wire);
  if (desired !== undefined && !mayBe(desired, actual)) {
    return [failure("source", `import: the volume has ${actual} bytes, the source ${desired}; the content differs`)];
  }
  if (trustContent === true) return [];
  if (!(await client.info()).extensions.has("backup_iso")) {
    const how = "set trustContent: true if you know that the content is the same";
    return [
      failure(
        "trustContent",
        `import: this server cannot export the content for a comparison, which ${String(releasesWith("backup_iso"))} and newer can; ${how}`,
      ),
    ];
  }
  const algorithm = digest.startsWith("sha512:") ? "sha512" : "sha256";
  const found = await hashOfVolume(client, { at, sizeBytes: desired ?? actual, algorithm });
  if (found === digest) return [];
  return [failure("source", `import: the volume's content is ${found}, the source's ${digest}`)];
}

/** A copy between pools records the size rounded up by the pool, so a volume may be slightly larger than its image. */
function mayBe(contentBytes: number, volumeBytes: number): boolean {
  return volumeBytes === contentBytes || (volumeBytes > contentBytes && volumeBytes - contentBytes < roundingBytes);
}

/** The digest of the first `sizeBytes` bytes of a volume, the length of its content. */
export async function hashOfVolume(
  client: Client,
  { at, sizeBytes, algorithm }: { at: VolumeAddress; sizeBytes: number; algorithm: string },
): Promise<string> {
  const hash = createHash(algorithm);
  let left = sizeBytes;
  await exportIso(client, at, (chunk) => {
    // The bytes after the content are padding added by the pool.
    hash.update(chunk.subarray(0, left));
    left -= Math.min(left, chunk.length);
  });
  return `${algorithm}:${hash.digest("hex")}`;
}

function placeFailures(address: VolumeAddress, at: VolumeAddress): Failure[] {
  const keys = ["project", "pool", "name"] as const;
  return keys
    .filter((key) => address[key] !== at[key])
    .map((key) => failure(key, `import: is "${at[key]}" in the program and "${address[key]}" in the ID`));
}

function describeDifference({ description }: WireVolume, desired: string | undefined): Failure {
  return failure(
    "description",
    `import: is ${JSON.stringify(desired ?? "")} in the program and ${JSON.stringify(description)} on the daemon; set the daemon's value`,
  );
}

function failure(property: string, reason: string): Failure {
  return { property, reason };
}
