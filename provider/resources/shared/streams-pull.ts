// Finds out in a preview whether the daemon can pull an image of a simplestreams server.
import { type Client } from "../../lxd/client/core/client";
import { describeServer, type Product, type ServerInfo } from "../../lxd/client/discovery/server-info";
import { nearest } from "../../base/nearest";
import { type Asker, imageServer } from "../../image-server/image-server";
import { type ServedImage } from "../../image-server/types";
import { type Failure } from "../../kind/kind";
import { hasUnknown } from "../../kind/unknowns";

export interface StreamsPull {
  server: string;
  protocol: "simplestreams" | "incus" | "lxd";
  alias?: string | undefined;
  fingerprint?: string | undefined;
  certificate?: string | undefined;
  /** Of the image; undefined for either. */
  type?: string | undefined;
}

interface Check extends Asker {
  /** What to do about an image that this daemon cannot pull. */
  advice: string;
}

/** Nothing is reported while the server cannot be reached from here: only the daemon must reach it. */
export async function streamsFailures(client: Client, pull: StreamsPull, check: Check): Promise<Failure[]> {
  if (pull.protocol !== "simplestreams" || hasUnknown(pull)) return [];
  const listed = await listedBy(pull, check);
  if (listed === undefined) return [];
  const found = listed.filter((image) => isDesired(image, pull));
  if (found.length === 0) return [notListed(listed, pull)];
  const info = await client.info();
  const known = pulledItems(info);
  if (found.some(({ pulledBy = [] }) => pulledBy.some((product) => known.includes(product)))) return [];
  const other = info.product === "incus" ? "LXD" : "Incus";
  const reason = `${pull.server} offers this image only in the form for ${other}, which ${describeServer(info)} does not pull; ${check.advice} [unsupported]`;
  return [{ property: fieldOf(pull), reason }];
}

function isDesired(image: ServedImage, { alias, fingerprint = "", type = image.type }: StreamsPull): boolean {
  const isNamed = alias === undefined || image.aliases.some(({ name }) => name === alias);
  return isNamed && image.type === type && image.fingerprint.startsWith(fingerprint);
}

/** Each daemon pulls the items of its own product. From 2023 to early 2024, releases of LXD knew those of Incus too. */
function pulledItems({ product, version }: ServerInfo): Product[] {
  return product === "lxd" && /^5\.(0\.3|18|19|20)(\D|$)/.test(version) ? ["lxd", "incus"] : [product];
}

function notListed(listed: ServedImage[], { server, type, alias }: StreamsPull): Failure {
  const what = `image${type === undefined ? "" : ` of type "${type}"`}`;
  const property = fieldOf({ alias });
  if (alias === undefined) {
    const reason = `${server} has no ${what} with this fingerprint; servers delete old versions, use an alias or a newer image [not-found]`;
    return { property, reason };
  }
  const aliases = [...new Set(listed.flatMap((image) => image.aliases.map(({ name }) => name)))].sort();
  const near = nearest(
    alias,
    aliases.filter((name) => name !== alias),
  );
  const hint = near === undefined ? "use another alias" : `did you mean "${near}"?`;
  return { property, reason: `${server} has no ${what} with the alias "${alias}"; ${hint} [not-found]` };
}

function fieldOf({ alias }: Pick<StreamsPull, "alias">): string {
  return alias === undefined ? "source.fingerprint" : "source.alias";
}

/** A preview does not wait longer for a server that it can do without. */
const longestWaitMs = 10_000;
const rememberedMs = 60_000;
const answers = new Map<string, { until: number; images: Promise<ServedImage[] | undefined> }>();

/** The images of a server, or undefined if it does not answer; several resources often ask the same server. */
function listedBy({ server, protocol, certificate }: StreamsPull, asker: Asker): Promise<ServedImage[] | undefined> {
  const key = JSON.stringify([server, certificate]);
  const known = answers.get(key);
  if (known !== undefined && known.until > performance.now()) return known.images;
  const images = inTime(imageServer({ server, protocol, certificate }, asker).list(), asker);
  answers.set(key, { until: performance.now() + rememberedMs, images });
  return images;
}

async function inTime<T>(answer: Promise<T>, { signal }: Asker): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, longestWaitMs, undefined);
  });
  const none = answer.catch(() => undefined);
  const result = await Promise.race([none, late]).finally(() => clearTimeout(timer));
  signal?.throwIfAborted();
  return result;
}
