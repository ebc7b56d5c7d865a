// Resolves a server source to an image by querying the server from here.
import { type Asker, imageServer } from "../../image-server/image-server";
import { type ServedImage } from "../../image-server/types";
import { newest } from "./lookup";
import { type ServerSource } from "./source-types";

/** Whether this process, and not only the daemon, must reach the server. */
export function isAskedHere(source: ServerSource): boolean {
  return source.relay === true || source.private === true || source.copyAliases === true;
}

/** Selects the image as the daemon would: a supported architecture, and a container where an alias has both types. */
export async function servedBy(
  source: ServerSource,
  asker: Asker,
  architectures: () => Promise<string[]>,
): Promise<ServedImage> {
  const { server, alias, fingerprint, type } = source;
  const all = await imageServer(source, asker).list();
  if (fingerprint !== undefined) return newest(all, { fingerprint }, server);
  const usable = await architectures();
  const fitting = all.filter(({ architecture }) => usable.length === 0 || usable.includes(architecture));
  return newest(fitting, { alias, type, architecture: preferred(fitting, alias, usable) }, server);
}

/** The first of the daemon's architectures for which there is an image. */
function preferred(all: ServedImage[], alias: string | undefined, usable: string[]): string | undefined {
  const named = all.filter((image) => image.aliases.some(({ name }) => name === alias));
  return usable.find((each) => named.some(({ architecture }) => architecture === each));
}
