// Takes off a new image what stacks have written on it elsewhere: here it would keep the image for ever.
import { findImage, type ImageAddress } from "../../../lxd/api/images";
import { type Client } from "../../../lxd/client/core/client";
import { clientOf } from "../../../image-server/lxd-server";
import { type Context } from "../../../kind/kind";
import { isProviderKey } from "../../shared/ownership";
import { changeRecord } from "../record/record";
import { type ServerSource, type UrlSource } from "../source-types";

interface Imported {
  source: ServerSource | UrlSource;
  /** What this stack has written on it. */
  own: Record<string, string>;
}

/**
 * The daemons copy an image's properties with it. Which of them are the server's is asked there, as other stacks may have
 * put theirs on the copy at the same time; those of a server that cannot be reached from here stay.
 */
export async function dropForeignMetadata(
  { client, connect }: Context,
  at: ImageAddress,
  { source, own }: Imported,
): Promise<void> {
  if (!("server" in source) || source.protocol === "simplestreams") return;
  const isForeign = ([key]: [string, string]): boolean => isProviderKey(key) && !(key in own);
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

/** Of an image that was made just now, for this resource alone: all that is on it was in its own metadata. */
export async function dropInheritedMetadata(client: Client, at: ImageAddress): Promise<void> {
  await changeRecord(client, at, (record) => {
    const all = Object.entries(record.properties ?? {});
    const kept = all.filter(([key]) => !isProviderKey(key));
    return kept.length === all.length ? undefined : { ...record, properties: Object.fromEntries(kept) };
  });
}
