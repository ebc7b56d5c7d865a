// Images that the daemon fetches from a URL, which newer LXD no longer supports.
import { type Client } from "../../../lxd/client/core/client";
import { describeServer, type ServerInfo } from "../../../lxd/client/discovery/server-info";
import { type Failure } from "../../../kind/kind";
import { type ImageSource } from "../source-types";

/** No API extension indicates this: LXD 6.9 removed it. */
const lastLxd = [6, 8] as const;

export async function urlFailures(client: Client, source: ImageSource): Promise<Failure[]> {
  if (typeof source !== "object" || !("url" in source)) return [];
  const info = await client.info();
  if (isBroken(info)) {
    const reason = `${describeServer(info)} fetches images from URLs, but can create no instance of them; ${instead} [unsupported]`;
    return [{ property: "source.url", reason }];
  }
  if (!isGone(info)) return [];
  const reason = `${describeServer(info)} does not fetch images from URLs, LXD 6.8 was the last release that did; ${instead} [unsupported]`;
  return [{ property: "source.url", reason }];
}

const instead = "use { download, checksum } instead of { url }, so that the provider fetches it";

/** The images have no files by which an instance could be created. */
function isBroken({ product, version }: ServerInfo): boolean {
  return product === "lxd" && version === "5.21.7";
}

function isGone({ product, version }: ServerInfo): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [lastMajor, lastMinor] = lastLxd;
  return product === "lxd" && (major > lastMajor || (major === lastMajor && minor > lastMinor));
}
