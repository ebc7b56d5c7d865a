// Another daemon as an image server: its public images, and private ones with a secret.
import { PassThrough, type Readable } from "node:stream";

import { boundaryOf, readMultipart } from "../images/multipart";
import { DaemonError, failed, notFound, toDaemonError } from "../errors";
import type { Product } from "../product";
import type { Config } from "../store/records";
import { download } from "./fetch";
import { mapIn, placeOf, type PullSource, readJson, type RemoteImage, textIn } from "./remote-image";

export async function findDaemonImage(source: PullSource, product: Product): Promise<RemoteImage> {
  await greet(source, product);
  const query = new URLSearchParams({
    ...(source.project ? { project: source.project } : {}),
    ...(source.secret ? { secret: source.secret } : {}),
  }).toString();
  const name = source.fingerprint || (source.alias ?? "");
  const found = await imageOf(source, name, query);
  const fingerprint = textIn(found, "metadata", "fingerprint");
  if (fingerprint === "") throw notFound(`Failed getting remote image info: Image "${name}" not found`);
  const exportUrl = `${placeOf(source)}/1.0/images/${fingerprint}/export?${query}`;
  return {
    fingerprint,
    type: textIn(found, "metadata", "type") === "virtual-machine" ? "virtual-machine" : "container",
    properties: mapIn(found, "metadata", "properties") as Config,
    expiresAt: textIn(found, "metadata", "expires_at") || undefined,
    files: () => filesAt(exportUrl, source.certificate),
  };
}

async function greet(source: PullSource, product: Product): Promise<void> {
  try {
    await readJson(source, `${placeOf(source)}/1.0`);
  } catch (error) {
    const what = product.kind === "lxd" ? "LXD server" : "the server";
    throw failed(`Failed to connect to ${what} "${source.server}": ${toDaemonError(error).message}`);
  }
}

async function imageOf(source: PullSource, name: string, query: string): Promise<unknown> {
  const images = `${placeOf(source)}/1.0/images`;
  try {
    const alias = source.fingerprint ? undefined : await readJson(source, `${images}/aliases/${name}?${query}`);
    const fingerprint = source.fingerprint || textIn(alias, "metadata", "target");
    return fingerprint === "" ? undefined : await readJson(source, `${images}/${fingerprint}?${query}`);
  } catch (error) {
    if (error instanceof DaemonError && error.status === 404) return undefined;
    throw error;
  }
}

async function* filesAt(url: string, certificate: string | undefined): AsyncGenerator<Readable, void> {
  const response = await download(url, { certificate });
  const boundary = boundaryOf(response.headers["content-type"] ?? "");
  if (boundary === undefined) {
    yield response;
    return;
  }
  // The form is parsed while its parts are read: each part is passed on when it arrives.
  const parts = [new PassThrough(), new PassThrough()];
  let next = 0;
  const reading = readMultipart(response, boundary, async ({ body }) => {
    const to = parts[next++];
    if (to === undefined) throw failed("Invalid multipart image");
    for await (const chunk of body) if (!to.write(chunk)) await new Promise((resolve) => to.once("drain", resolve));
    to.end();
  });
  reading.catch((error: unknown) => parts.forEach((part) => part.destroy(error as Error)));
  yield* parts;
  await reading;
}
