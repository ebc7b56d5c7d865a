// Configuration keys that a server documents (API extension `metadata_configuration`).
import * as z from "zod";
import { type Client } from "../client/core/client";
import { path } from "../client/transport/paths";

const keySchema = z.looseObject({ type: z.string().optional() });
const groupSchema = z.looseObject({ keys: z.array(z.record(z.string(), keySchema)) });
const metadataSchema = z.looseObject({ configs: z.record(z.string(), z.record(z.string(), groupSchema)) });

/** Types by key: `bool`, `integer`, `string` or `blob`. */
export type ConfigKeys = ReadonlyMap<string, string>;

/** Cached for the process, which serves one run, during which a server's keys do not change. */
const remembered = new Map<string, Promise<ConfigKeys | undefined>>();

/** Returns the configuration keys of instances and profiles; undefined if the server does not document them. */
export function instanceConfigKeys(client: Client): Promise<ConfigKeys | undefined> {
  const { place } = client.transport;
  const known = remembered.get(place);
  if (known !== undefined) return known;
  const keys = readKeys(client);
  remembered.set(place, keys);
  keys.catch(() => remembered.delete(place));
  return keys;
}

async function readKeys(client: Client): Promise<ConfigKeys | undefined> {
  if (!(await client.info()).extensions.has("metadata_configuration")) return undefined;
  const { value } = await client.get(path("metadata", "configuration"), metadataSchema);
  const groups = ["instance", "kernel"].flatMap((entity) => Object.values(value.configs[entity] ?? {}));
  const entries = groups.flatMap(({ keys }) => keys.flatMap((each) => Object.entries(each)));
  return entries.length === 0 ? undefined : new Map(entries.map(([name, { type }]) => [name, type ?? "string"]));
}
