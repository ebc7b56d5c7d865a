// Removes the keys that other stacks set on an image elsewhere: here they would keep the image forever.
import { findImage, type ImageAddress } from "../../../lxd/api/images";
import { type Client } from "../../../lxd/client/core/client";
import { clientOf } from "../../../image-server/lxd-server";
import { type Context } from "../../../kind/kind";
import { isProviderKey } from "../../shared/ownership";
import { changeRecord } from "../record/record";
import { type ServerSource, type UrlSource } from "../source-types";

interface Imported {
  source: ServerSource | UrlSource;
  /** The keys that this stack has set. */
  own: Record<string, string>;
}

/**
 * The daemons copy an image's properties with it. The source server is queried for those it has, since other stacks may
 * add theirs to the copy at the same time. If that server is not reachable from here, the properties stay.
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

/** For an image just created for this resource alone: all its keys come from its own metadata. */
export async function dropInheritedMetadata(client: Client, at: ImageAddress): Promise<void> {
  await changeRecord(client, at, (record) => {
    const all = Object.entries(record.properties ?? {});
    const kept = all.filter(([key]) => !isProviderKey(key));
    return kept.length === all.length ? undefined : { ...record, properties: Object.fromEntries(kept) };
  });
}
