// Images that the daemon updates automatically: it replaces the image that this resource created.
import { listImages, type WireImage } from "../../lxd/api/images";
import { type Client } from "../../lxd/client/core/client";
import { type ImageInputs } from "./inputs";

/** The successor of a deleted image with automatic updates: it has the same source and this resource's aliases. */
export async function findUpdated(client: Client, state: ImageInputs): Promise<{ value: WireImage } | undefined> {
  const { source, autoUpdate, project, aliases } = state;
  if (autoUpdate !== true || source === undefined || !("server" in source)) return undefined;
  const place = trimmed(source.server);
  const value = (await listImages(client, project)).find(({ update_source: from, aliases: names, ...image }) => {
    const isSame = from?.alias === source.alias && trimmed(from?.server ?? "") === place;
    return (
      isSame &&
      image.auto_update &&
      !image.cached &&
      aliases.every(({ name }) => names?.some((each) => each.name === name))
    );
  });
  return value === undefined ? undefined : { value };
}

function trimmed(server: string): string {
  return server.replace(/\/+$/, "");
}
