// Which aliases of an image a resource has made: a property of the image says it, since an alias itself cannot.
import { type Alias, type WireImage } from "../../api/images";
import { type Client } from "../../client/client";
import { isSameStack } from "../ownership";
import { othersWho } from "./claims";
import { type ImageInputs } from "./inputs";
import { aliasesKey, ownersOf } from "./owners";

type Listed = Pick<WireImage, "properties" | "aliases">;
type Properties = Record<string, string>;

/** The aliases on an image that a resource has made or adopted. */
function listedAliases({ properties, aliases }: Listed, urn: string): string[] {
  const listed = (properties?.[aliasesKey(urn)] ?? "").split(" ");
  return (aliases ?? []).map(({ name }) => name).filter((name) => listed.includes(encodeURIComponent(name)));
}

/** The resources that have made an alias of an image. */
export function makersOf(image: Listed, alias: string): string[] {
  return ownersOf(image).filter((urn) => listedAliases(image, urn).includes(alias));
}

/**
 * What a resource has of the aliases on an image: those that its state tells, and those that a run left for another
 * resource which then did not get them.
 */
export function withListed(known: Alias[], image: Listed, urn: string): Alias[] {
  const others = listedAliases(image, urn).filter((name) => !known.some((alias) => alias.name === name));
  return [...known, ...others.map((name) => ({ name, description: "" }))];
}

export interface ListChange {
  client: Client;
  urn: string;
  /** Under which URN the resource was known. */
  formerUrn: string | undefined;
  had: Alias[];
  news: Pick<ImageInputs, "aliases" | "aliasPolicy" | "project">;
}

/**
 * The properties with the lists as they are to be: of this resource, what it wants and what it had that is still there;
 * of the others of its stack, all but what it takes over from them.
 */
export function withAliasLists(properties: Properties, image: Listed, change: ListChange): Properties {
  const { urn, formerUrn = urn, had, news } = change;
  const isOwn = (each: string): boolean => [urn, formerUrn].includes(each);
  const there = (image.aliases ?? []).map(({ name }) => name);
  const listed = [urn, formerUrn].flatMap((each) => listedAliases(image, each));
  const former = [...listed, ...had.map(({ name }) => name)]
    .filter((name) => there.includes(name))
    .filter((name) => makersOf(image, name).every(isOwn));
  const lists = [{ owner: urn, names: [...news.aliases.map(({ name }) => name), ...former] }];
  for (const owner of ownersOf(image)) {
    const names = listedAliases(image, owner);
    const kept = names.filter((name) => !takesOver(change, name));
    if (isSameStack(owner, urn) && !isOwn(owner) && kept.length < names.length) lists.push({ owner, names: kept });
  }
  const keys = lists.map(({ owner }) => aliasesKey(owner));
  const rest = Object.fromEntries(Object.entries(properties).filter(([key]) => !keys.includes(key)));
  return lists.reduce((all, { owner, names }) => ({ ...all, ...aliasList(owner, names) }), rest);
}

/** Whether an alias of a resource of the same stack becomes this one's alone. */
function takesOver({ client, urn, news }: ListChange, name: string): boolean {
  const { aliases, aliasPolicy, project } = news;
  const isDue = aliasPolicy !== "adopt" && aliases.some((alias) => alias.name === name);
  return isDue && othersWho({ client, project, name, urn }).length === 0;
}

/** The property for a list of aliases; none for an empty one. */
export function aliasList(urn: string, names: string[]): Properties {
  if (names.length === 0) return {};
  return { [aliasesKey(urn)]: [...new Set(names)].sort().map(encodeURIComponent).join(" ") };
}
