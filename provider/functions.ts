// What programs call without making a resource. It runs in the program's own process, which loads it when it is called.
import { type ServedImage } from "./image-server/image-server";
import { lookUpImage, lookUpImages } from "./resources/image/lookup";
import { Servers } from "./servers";
import { stackConfig } from "./stack-config";

export type GetConfig = (key: string) => string | undefined;

/** The images that a query means, the newest first. */
export function lookupImages(query: Record<string, unknown>, get: GetConfig): Promise<ServedImage[]> {
  return lookUpImages(query, new Servers(stackConfig(get)));
}

/** The newest of them; throws if there is none. */
export function lookupImage(query: Record<string, unknown>, get: GetConfig): Promise<ServedImage> {
  return lookUpImage(query, new Servers(stackConfig(get)));
}
