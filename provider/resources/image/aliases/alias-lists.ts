// Tracks which resource created each alias of an image, in a property of the image, since an alias has no metadata.
import { type Alias, type WireImage } from "../../../lxd/api/images";
import { type Client } from "../../../lxd/client/core/client";
import { isSameStack } from "../../shared/ownership";
import { othersWho } from "./claims";
import { type ImageInputs } from "../inputs";
import { aliasesKey, ownersOf } from "../owners";

type Listed = Pick<WireImage, "properties" | "aliases">;
type Properties = Record<string, string>;

/** The aliases on an image that a resource created or adopted. */
function listedAliases(image: Listed, urn: string): string[] {
  const listed = entriesOf(image, urn);
  return (image.aliases ?? []).map(({ name }) => name).filter((name) => listed.includes(entryOf(name)));
}

function entriesOf({ properties }: Listed, urn: string): string[] {
  return properties?.[aliasesKey(urn)]?.split(" ") ?? [];
}

function entryOf(alias: string): string {
  return encodeURIComponent(alias);
}

/** The resources that created an alias of an image. */
export function makersOf(image: Listed, alias: string): string[] {
  return ownersOf(image).filter((urn) => listedAliases(image, urn).includes(alias));
}

/**
 * The aliases of an image that a resource owns: those in its state, and those that a run passed on to another resource
 * that then did not receive them.
 */
export function withListed(known: Alias[], image: Listed, urn: string): Alias[] {
  const others = listedAliases(image, urn).filter((name) => !known.some((alias) => alias.name === name));
  return [...known, ...others.map((name) => ({ name, description: "" }))];
}

export interface ListChange {
  client: Client;
  urn: string;
  /** The resource's previous URN. */
  formerUrn: string | undefined;
  had: Alias[];
  news: Pick<ImageInputs, "aliases" | "aliasPolicy" | "project">;
}

/**
 * Updates the alias lists in the properties. This resource's list contains the aliases it wants, and its previous ones
 * that still exist. The list of another owner loses the aliases that move here and gains those passed on to it.
 */
export function withAliasLists(properties: Properties, image: Listed, change: ListChange): Properties {
  const { urn, formerUrn = urn, news } = change;
  const desired = news.aliases.map(({ name }) => name);
  const left = formerAliases(image, change).filter((name) => !desired.includes(name));
  const heirs = new Map(left.map((name) => [name, heirOf(change, name)]));
  const others = ownersOf(image).filter((owner) => owner !== urn && owner !== formerUrn && isSameStack(owner, urn));
  const isOthers = (name: string): boolean => others.includes(heirs.get(name) ?? "");
  const lists = [{ owner: urn, entries: [...desired, ...left.filter((name) => !isOthers(name))].map(entryOf) }];
  const taken = desired.filter((name) => takesOver(change, name)).map(entryOf);
  for (const owner of others) {
    // Some of these may not be created yet.
    const kept = entriesOf(image, owner).filter((entry) => !taken.includes(entry));
    lists.push({ owner, entries: [...kept, ...left.filter((name) => heirs.get(name) === owner).map(entryOf)] });
  }
  const keys = lists.map(({ owner }) => aliasesKey(owner));
  const rest = Object.fromEntries(Object.entries(properties).filter(([key]) => !keys.includes(key)));
  return lists.reduce((all, { owner, entries }) => ({ ...all, ...listProperty(owner, entries) }), rest);
}

/** The aliases on an image that only this resource created. */
function formerAliases(image: Listed, { urn, formerUrn = urn, had }: ListChange): string[] {
  const isOwn = (each: string): boolean => [urn, formerUrn].includes(each);
  const listed = [urn, formerUrn].flatMap((each) => listedAliases(image, each));
  const there = (image.aliases ?? []).map(({ name }) => name);
  return [...new Set([...listed, ...had.map(({ name }) => name)])]
    .filter((name) => there.includes(name))
    .filter((name) => makersOf(image, name).every(isOwn));
}

/** Another resource of this run that wants an alias. */
function heirOf({ client, urn, news: { project } }: ListChange, name: string): string | undefined {
  return othersWho({ client, project, name, urn })[0]?.[0];
}

/** Whether an alias of another resource of the stack moves to this one. */
function takesOver(change: ListChange, name: string): boolean {
  return change.news.aliasPolicy !== "adopt" && heirOf(change, name) === undefined;
}

/** The property for a list of aliases; none for an empty list. */
export function aliasList(urn: string, names: string[]): Properties {
  return listProperty(urn, names.map(entryOf));
}

function listProperty(urn: string, entries: string[]): Properties {
  return entries.length === 0 ? {} : { [aliasesKey(urn)]: [...new Set(entries)].sort().join(" ") };
}
