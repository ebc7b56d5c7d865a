// A simplestreams server: a static tree of an index, product lists, and files with their hashes.
import { basename } from "node:path";
import type * as z from "zod";
import { type ImagePart, type ImageRole } from "../lxd/api/image-export";
import { fetchText } from "../content/url/fetch-text";
import { redactedUrl } from "../content/url/redacted-url";
import { type DownloadSettings } from "../content/url/transport";
import { urlContent } from "../content/url/url-content";
import { LxdError } from "../base/errors";
import { type ImageServer, type ImageServerPlace, type ServedImage } from "./types";
import { indexSchema, productsSchema, type StreamItem } from "./streams";
import { imagesOf, type StreamImage } from "./stream-images";

/** The largest known list, with all versions of all images, has 2 MiB. */
const listMaxBytes = 64 * 2 ** 20;

export function streamsServer(place: ImageServerPlace, signal?: AbortSignal): ImageServer {
  const asked = { ...place, signal };
  return {
    list: () => remembered(asked),
    parts: (image) => partsOf(asked, image),
  };
}

interface AskedPlace extends ImageServerPlace {
  signal: AbortSignal | undefined;
}

/** For the duration of a run: several resources often query the same server. */
const rememberedMs = 60_000;
const lists = new Map<string, { until: number; images: Promise<StreamImage[]> }>();

function remembered(place: AskedPlace): Promise<StreamImage[]> {
  const key = JSON.stringify([place.server, place.certificate]);
  const known = lists.get(key);
  if (known !== undefined && known.until > performance.now()) return known.images;
  const images = fetchImages(place);
  lists.set(key, { until: performance.now() + rememberedMs, images });
  images.catch(() => lists.delete(key));
  return images;
}

async function fetchImages(place: AskedPlace): Promise<StreamImage[]> {
  const { index } = await read(place, "streams/v1/index.json", indexSchema);
  const paths = Object.values(index).filter(({ datatype }) => datatype === "image-downloads");
  const all = await Promise.all(paths.map(({ path }) => read(place, path, productsSchema)));
  return all.flatMap(({ products }) => Object.values(products).flatMap(imagesOf));
}

async function read<S extends z.ZodType>(place: AskedPlace, path: string, schema: S): Promise<z.output<S>> {
  const url = urlOf(place, path);
  const text = await fetchText(url, { maxBytes: listMaxBytes, what: "a list of images" }, settingsOf(place));
  const parsed = schema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const why = `${redactedUrl(url)} is not a simplestreams file`;
  throw new LxdError({ code: "failed", why, advice: "Check the URL of the server, and its protocol." });
}

async function* partsOf(place: AskedPlace, image: ServedImage): AsyncGenerator<ImagePart, void> {
  const { files } = image as StreamImage;
  if (files.root === undefined) {
    yield await partOf(place, files.main, "unified");
    return;
  }
  yield await partOf(place, files.main, "metadata");
  yield await partOf(place, files.root, image.type === "virtual-machine" ? "rootfs.img" : "rootfs");
}

async function partOf(place: AskedPlace, { path, sha256 }: StreamItem, role: ImageRole): Promise<ImagePart> {
  const content = await urlContent(
    { urls: [urlOf(place, path).href], checksum: `sha256:${sha256}` },
    settingsOf(place),
  );
  const { stream } = await content.open();
  return { role, fileName: basename(path), body: stream as AsyncIterable<Buffer> };
}

function settingsOf({ certificate, signal }: AskedPlace): DownloadSettings {
  return { ca: certificate, signal };
}

function urlOf({ server }: ImageServerPlace, path: string): URL {
  return new URL(`${server.replace(/\/+$/, "")}/${path}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
