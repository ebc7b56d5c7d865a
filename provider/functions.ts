// What programs call without making a resource. It runs in the program's own process, which loads it when it is called.
import { Redactor, secretsKey } from "./engine/secrets/redactor";
import { type ServedImage } from "./image-server/types";
import { lookUpImage, lookUpImages } from "./resources/image/lookup";
import { ServerRegistry } from "./engine/server-registry";
import { stackConfig } from "./engine/stack-config";

export type GetConfig = (key: string) => string | undefined;

type Props = Record<string, unknown>;

/** The images that a query means, the newest first. */
export function lookupImages(query: Props, get: GetConfig): Promise<ServedImage[]> {
  return asked(query, get, lookUpImages);
}

/** The newest of them; throws if there is none. */
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
