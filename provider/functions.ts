// What programs call without making a resource. It runs in the program's own process, which loads it when it is called.
import { Dispatch } from "./dispatch";
import { lookUpImage, lookUpImages } from "./resources/image/lookup";
import { image } from "./resources/image/image";
import { type ServedImage } from "./image-server/image-server";

export type GetConfig = (key: string) => string | undefined;

/** The images that a query means, the newest first. */
export async function lookupImages(query: Record<string, unknown>, get: GetConfig): Promise<ServedImage[]> {
  const dispatch = new Dispatch(image);
  await dispatch.configure({ config: { get } });
  return lookUpImages(query, dispatch);
}

/** The newest of them; throws if there is none. */
export async function lookupImage(query: Record<string, unknown>, get: GetConfig): Promise<ServedImage> {
  const dispatch = new Dispatch(image);
  await dispatch.configure({ config: { get } });
  return lookUpImage(query, dispatch);
}
