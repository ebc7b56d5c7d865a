// Reads of many objects of one collection: after a few of them, the whole collection is read in one request.
import * as z from "zod";
import { type Query } from "../transport/paths";
import { type Answer } from "./requests";

/** Objects that programs have many of, by their path. */
const object = /^(\/1\.0\/(?:instances|images|profiles|networks|storage-pools\/[^/]+\/volumes\/custom))\/([^/?]+)$/;
/** How many objects of a collection are read one by one. */
const few = 3;

const listSchema = z.array(z.looseObject({ name: z.string().optional(), fingerprint: z.string().optional() }));
type Listed = z.output<typeof listSchema>[number];

/** Reads a list of the server. */
export type ListReader = (path: string, query: Query, schema: typeof listSchema) => Promise<{ value: Listed[] }>;

interface Collection {
  /** How many of its objects were read. */
  reads: number;
  /** Its objects by name; undefined for a name that several objects have, on members of a cluster. */
  list?: Promise<Map<string, Listed | undefined>>;
}

/** The collections of one server that one run reads. */
export class BulkReads {
  readonly #collections = new Map<string, Collection>();

  /** Returns an object from the list of its collection, or calls `send`, also if the list does not have it. */
  async read(path: string, send: () => Promise<Answer>, list: ListReader): Promise<Answer> {
    const url = new URL(path, "http://server");
    const [, collection, name] = object.exec(url.pathname) ?? [];
    const isPlain = [...url.searchParams.keys()].every((key) => key === "project");
    if (collection === undefined || name === undefined || !isPlain) return send();
    const known = this.#collection(`${collection}${url.search}`);
    known.reads++;
    if (known.reads <= few) return send();
    const project = url.searchParams.get("project") ?? undefined;
    known.list ??= list(collection, { project, recursion: "1" }, listSchema).then(({ value }) => byName(value));
    // The read of the object itself reports what is wrong.
    const found = (await known.list.catch(() => undefined))?.get(decodeURIComponent(name));
    return found === undefined ? send() : { envelope: { type: "sync", metadata: found }, reply: { headers: {} } };
  }

  #collection(key: string): Collection {
    const known = this.#collections.get(key) ?? { reads: 0 };
    this.#collections.set(key, known);
    return known;
  }

  /** Forgets all lists: a change may affect objects of several collections. */
  clear(): void {
    this.#collections.clear();
  }
}

function byName(list: Listed[]): Map<string, Listed | undefined> {
  const names = new Map<string, Listed | undefined>();
  for (const each of list) {
    const name = each.fingerprint ?? each.name ?? "";
    names.set(name, names.has(name) ? undefined : each);
  }
  return names;
}
