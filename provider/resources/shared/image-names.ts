// What to write instead of an image's name on the command line, such as `images:debian/12`; the protocols of image servers.
import * as z from "zod";

/** The remotes of image servers that the command lines of Incus and LXD have by default. */
const remotes: Record<string, string> = {
  images: "https://images.linuxcontainers.org",
  ubuntu: "https://cloud-images.ubuntu.com/releases",
  "ubuntu-daily": "https://cloud-images.ubuntu.com/daily",
  "ubuntu-minimal": "https://cloud-images.ubuntu.com/minimal/releases",
  "ubuntu-minimal-daily": "https://cloud-images.ubuntu.com/minimal/daily",
};
const ociRemotes = ["docker", "oci", "oci-docker", "ghcr", "quay"];
const noOci = "OCI images are not supported";

export const protocols = ["simplestreams", "incus", "lxd"] as const;
const ociProtocols: unknown[] = ["oci", "docker"];

export const protocolSchema = z.enum(protocols, {
  error: ({ input }) =>
    ociProtocols.includes(input) ? `must be "simplestreams", "incus" or "lxd"; ${noOci}` : undefined,
});

/** The source for a name with one of the default remotes; undefined for any other text. An alias may contain a colon. */
export function remoteHint(text: unknown): string | undefined {
  const [, remote = "", alias = ""] = typeof text === "string" ? (/^([a-z-]+):(.*)$/s.exec(text) ?? []) : [];
  if (ociRemotes.includes(remote)) return `"${remote}:" is a remote of OCI images; ${noOci}`;
  const server = remotes[remote];
  if (server === undefined) return undefined;
  const source = `{ server: "${server}", protocol: "simplestreams", alias: "${alias}" }`;
  return `"${remote}:" is a remote of the command line; use source: ${source}`;
}
