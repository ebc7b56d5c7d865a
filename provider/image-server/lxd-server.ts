// A daemon as an image server: its public images, or all images if it trusts this client.
import { X509Certificate } from "node:crypto";
import { exportImage } from "../lxd/api/image-export";
import { listImages, type WireImage } from "../lxd/api/images";
import { type Client } from "../lxd/client/core/client";
import { type Connect, type ImageServer, type ImageServerPlace, type ServedImage } from "./types";

export function lxdServer(place: ImageServerPlace, connect: Connect): ImageServer {
  const client = clientOf(place, connect);
  const project = place.project ?? "default";
  return {
    list: async () => (await listImages(client, project)).map(servedImage),
    parts: ({ fingerprint }) => exportImage(client, { project, fingerprint }),
  };
}

export function clientOf({ server, certificate }: ImageServerPlace, connect: Connect): Client {
  const address = server.replace(/\/+$/, "");
  if (certificate === undefined) return connect({ address });
  const { ca: isAuthority, fingerprint256 } = new X509Certificate(certificate);
  return connect({
    address,
    ...(isAuthority ? { certificateAuthority: certificate } : { serverCertificateFingerprint: fingerprint256 }),
  });
}

export function servedImage(wire: WireImage): ServedImage {
  return {
    fingerprint: wire.fingerprint,
    type: wire.type,
    architecture: wire.architecture,
    aliases: wire.aliases ?? [],
    properties: wire.properties ?? {},
    public: wire.public,
    sizeBytes: wire.size,
    createdAt: timeOf(wire.created_at),
    uploadedAt: timeOf(wire.uploaded_at),
    expiresAt: timeOf(wire.expires_at),
    lastUsedAt: timeOf(wire.last_used_at),
    cached: wire.cached,
    autoUpdate: wire.auto_update,
    profiles: wire.profiles ?? [],
    source: wire.update_source ?? undefined,
  };
}

/** The daemons report "never" as the year 1 or 1970. */
function timeOf(text: string): string {
  return /^(0001|1970)-01-01T00:00:00/.test(text) ? "" : text;
}
