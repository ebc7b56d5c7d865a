// Takes off a pulled image what the server's own stacks have written on it: here it would keep the image for ever.
import { findImage, type ImageAddress } from "../../api/images";
import { clientOf } from "../../image-server/lxd-server";
import { type Context } from "../../kind";
import { isBookkeeping } from "../ownership";
import { changeRecord } from "./record";
import { type ServerSource, type UrlSource } from "./source-types";

interface Brought {
  source: ServerSource | UrlSource;
  /** What this stack has written on it. */
  own: Record<string, string>;
}

/**
 * The daemons copy an image's properties with it. Which of them are the server's is asked there, as other stacks may have
 * put theirs on the copy at the same time; those of a server that cannot be reached from here stay.
 */
export async function dropBroughtMarks(
  { client, connect }: Context,
  at: ImageAddress,
  { source, own }: Brought,
): Promise<void> {
  if (!("server" in source) || source.protocol === "simplestreams") return;
  const isForeign = ([key]: [string, string]): boolean => isBookkeeping(key) && !(key in own);
  const found = await findImage(client, at);
  if (!Object.entries(found?.value.properties ?? {}).some(isForeign)) return;
  const place = { project: source.project ?? "default", fingerprint: at.fingerprint };
  const served = await findImage(clientOf(source, connect), place).catch(() => undefined);
  const theirs = served?.value.properties ?? {};
  await changeRecord(client, at, (record) => {
    const all = Object.entries(record.properties ?? {});
    const kept = all.filter(([key, value]) => !isForeign([key, value]) || theirs[key] !== value);
    return kept.length === all.length ? undefined : { ...record, properties: Object.fromEntries(kept) };
  });
}
