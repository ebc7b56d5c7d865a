// Takes away from a daemon everything whose name begins with a test run's prefix.
import { settle } from "./operation";
import { at, type RawClient } from "./raw";

type Item = Record<string, unknown>;

async function listOf(raw: RawClient, path: string): Promise<Item[]> {
  const { body } = await raw.get(path);
  const items = body.metadata;
  return Array.isArray(items) ? (items as Item[]) : [];
}

async function remove(raw: RawClient, path: string): Promise<void> {
  await settle(raw, await raw.delete(path));
}

const nameOf = (item: Item): string => (typeof item["name"] === "string" ? item["name"] : "");

/** Read without `recursion`, for which the daemon asks each machine's emulator: one that hangs would hang this, too. */
async function instancesOf(raw: RawClient, query: string): Promise<string[]> {
  const { body } = await raw.get(`/1.0/instances?${query}`);
  const urls = Array.isArray(body.metadata) ? (body.metadata as string[]) : [];
  return urls.map((url) => decodeURIComponent(url.replace(/\?.*$/, "").replace(/^.*\//, "")));
}

async function removeInstances(raw: RawClient, isOurs: (name: string) => boolean, query: string): Promise<void> {
  for (const name of (await instancesOf(raw, query)).filter(isOurs)) {
    const path = `/1.0/instances/${name}`;
    // One that is switched off refuses this.
    await settle(raw, await raw.put(`${path}/state?${query}`, { action: "stop", force: true }));
    await settle(raw, await raw.patch(`${path}?${query}`, { config: { "security.protection.delete": "false" } }));
    await remove(raw, `${path}?${query}`);
  }
}

/** An image has no name: it is ours by an alias, or a property with the prefix in it. */
async function removeImages(raw: RawClient, isOurs: (name: string) => boolean, query: string): Promise<void> {
  for (const image of await listOf(raw, `/1.0/images?recursion=1${query}`)) {
    const properties = Object.values((image["properties"] ?? {}) as Record<string, string>);
    const aliases = ((image["aliases"] ?? []) as Item[]).map(nameOf);
    if (![...properties, ...aliases].some(isOurs)) continue;
    await remove(raw, `/1.0/images/${String(image["fingerprint"])}?${query}`);
  }
}

async function removeVolumes(raw: RawClient, isOurs: (name: string) => boolean, query: string): Promise<void> {
  for (const pool of (await listOf(raw, "/1.0/storage-pools?recursion=1")).map(nameOf)) {
    const volumes = `/1.0/storage-pools/${pool}/volumes/custom`;
    for (const volume of await listOf(raw, `${volumes}?recursion=1${query}`)) {
      if (isOurs(nameOf(volume))) await remove(raw, `${volumes}/${encodeURIComponent(nameOf(volume))}?${query}`);
    }
  }
}

async function removeNamed(raw: RawClient, collection: string, isOurs: (name: string) => boolean): Promise<void> {
  for (const item of await listOf(raw, `${collection}?recursion=1`)) {
    if (isOurs(nameOf(item))) await remove(raw, `${collection}/${encodeURIComponent(nameOf(item))}`);
  }
}

/** Goes on past whatever cannot be removed; returns the names that are left. */
export async function cleanUp(raw: RawClient, prefix: string): Promise<string[]> {
  const isOurs = (name: string) => name.startsWith(prefix);
  const projects = (await listOf(raw, "/1.0/projects?recursion=1")).map(nameOf).filter(isOurs);
  for (const query of [...projects.map((name) => `&project=${name}`), ""]) {
    await removeInstances(raw, isOurs, query);
    await removeImages(raw, isOurs, query);
  }
  // Profiles may use volumes, and projects and pools hold them.
  await removeNamed(raw, "/1.0/profiles", isOurs);
  for (const query of [...projects.map((name) => `&project=${name}`), ""]) await removeVolumes(raw, isOurs, query);
  for (const collection of ["/1.0/projects", "/1.0/networks", "/1.0/storage-pools"])
    await removeNamed(raw, collection, isOurs);
  const left = await Promise.all(
    ["/1.0/storage-pools", "/1.0/projects", "/1.0/storage-pools/default/volumes/custom"].map((path) =>
      listOf(raw, `${path}?recursion=1`),
    ),
  );
  return [...(await instancesOf(raw, "")), ...left.flat().map(nameOf)].filter(isOurs);
}

/** The extensions that a daemon announces. */
export async function extensionsOf(raw: RawClient): Promise<readonly string[]> {
  const { body } = await raw.get("/1.0");
  return (at(body, "metadata", "api_extensions") ?? []) as string[];
}
