// Image aliases: stored separately from the images and deleted with them.
import type { AliasRecord } from "../store/records";
import { keyOf, type Store } from "../store/store";

export const aliasKey = (alias: Pick<AliasRecord, "project" | "name">): string => keyOf(alias.project, alias.name);

/** Adds an alias after all others. */
export function addAlias(store: Store, alias: Omit<AliasRecord, "serial">): void {
  const serial = Math.max(0, ...store.aliases.all().map((other) => other.serial)) + 1;
  store.aliases.set(aliasKey(alias), { ...alias, serial });
}

/** Deletes the aliases of an image. */
export function dropAliases(store: Store, project: string, fingerprint: string): void {
  for (const alias of store.aliases.all()) {
    if (alias.project === project && alias.target === fingerprint) store.aliases.delete(aliasKey(alias));
  }
}
