// The initial objects of a new folder: a project, a pool, and what `admin init --minimal` adds.
import { join } from "node:path";

import { withAddresses } from "../networks";
import { type Settings } from "../options";
import { keyOf, type Store } from "./store";

export function seed(store: Store, { product, emptyDefaultProfile }: Settings): void {
  if (!store.projects.find("default")) {
    const features = ["images", "networks", "networks.zones", "profiles", "storage.buckets", "storage.volumes"];
    const config = Object.fromEntries(features.map((name) => [`features.${name}`, "true"]));
    store.projects.set("default", { name: "default", description: `Default ${product.title} project`, config });
  }
  if (store.pools.all().length === 0) {
    const config = { source: join(store.dir, "storage-pools", "default") };
    store.pools.set("default", { name: "default", description: "", driver: "dir", config });
  }
  const profile = keyOf("default", "default");
  // Existing objects were seeded earlier and may have been changed since.
  if (store.profiles.find(profile)) return;
  const devices = emptyDefaultProfile ? {} : initialize(store, `${product.kind}br0`);
  const description = `Default ${product.title} profile`;
  store.profiles.set(profile, { project: "default", name: "default", description, config: {}, devices });
}

/** Creates the bridge; returns the devices of the profile. */
function initialize(store: Store, bridge: string): Record<string, Record<string, string>> {
  const network = { project: "default", name: bridge, type: "bridge", description: "" };
  store.networks.set(keyOf("default", bridge), { ...network, config: withAddresses({}, 0) });
  return {
    eth0: { name: "eth0", network: bridge, type: "nic" },
    root: { path: "/", pool: "default", type: "disk" },
  };
}
