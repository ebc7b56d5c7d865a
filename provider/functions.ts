// Functions that programs call without creating a resource; they run in the program's own process, loaded on first use.
import { Redactor, secretsKey } from "./engine/secrets/redactor";
import { type ServedImage } from "./image-server/types";
import { lookUpImage, lookUpImages } from "./resources/image/lookup";
import { ServerRegistry } from "./engine/server-registry";
import { stackConfig } from "./engine/stack-config";
import { type Props } from "./kind/props";

export type GetConfig = (key: string) => string | undefined;

/** Returns the images that match a query, newest first. */
export function lookupImages(query: Props, get: GetConfig): Promise<ServedImage[]> {
  return asked(query, get, lookUpImages);
}

/** Returns the newest image that matches a query; throws if there is none. */
export function lookupImage(query: Props, get: GetConfig): Promise<ServedImage> {
  return asked(query, get, lookUpImage);
}

async function asked<T>(
  props: Props,
  get: GetConfig,
  look: (query: Props, servers: ServerRegistry) => Promise<T>,
): Promise<T> {
  const servers = new ServerRegistry(stackConfig(get));
  const { [secretsKey]: _, ...query } = props;
  try {
    return await look(query, servers);
  } catch (error) {
    throw new Redactor([props], servers.config).redactError(error);
  }
}
