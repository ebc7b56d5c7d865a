// Storage pools: they hold volumes, images and the disks of instances.
import {
  createPool,
  deletePool,
  type PoolSettings,
  readPool,
  updatePool,
  type WirePool,
} from "../../lxd/api/storage/pools";
import { type Client } from "../../lxd/client/core/client";
import { type Found } from "../../lxd/client/core/requests";
import { type CheckContext, type Context, type Failure } from "../../kind/kind";
import { nearest } from "../../base/nearest";
import { isUnknown } from "../../kind/unknowns";
import { makeOnMembers, memberFailures } from "../shared/cluster-definition";
import { configMapKind } from "../config-map/kind";
import { fields, policies, poolName, schema, type StoragePoolInputs, type StoragePoolOutputs } from "./inputs";

type Inputs = StoragePoolInputs;
type Outputs = StoragePoolOutputs;

export const storagePool = configMapKind<Inputs, Outputs, WirePool, PoolSettings>({
  kindName: "storage pool",
  schema,
  nameSchema: poolName,
  policies,
  passed: ["memberConfig"],
  fields,
  // The location of the pool and the names that its driver uses there.
  isServers: (key) => /^(source|size|zfs\.pool_name|lvm\.(vg_name|thinpool_name)|ceph\..+|btrfs\..+)$/.test(key),
  // For a block device, the daemons store a different name from the one that was specified.
  isMeant: (key, written, config) => key === "source" && written === config["volatile.initial_source"],
  places: () => Promise.resolve([]),
  preflight,
  idParts: ["name"],
  blank: { driver: "" },
  find,
  make,
  settings: (_, settings) => settings,
  put: (client, { name }, found, settings) => updatePool(client, name, found, settings),
  drop: (client, { name }) => deletePool(client, name),
  observe: ({ memberConfig }, { driver, status }) => ({ memberConfig, driver, status }),
  mismatch: ({ driver }, inputs) =>
    driver === inputs.driver ? undefined : `left by an earlier run, with driver "${driver}"`,
});

/** A pool that is only defined on cluster members is pending and does not exist yet. */
async function find(client: Client, { name }: Inputs): Promise<Found<WirePool> | undefined> {
  const found = await readPool(client, name);
  return found?.value.status === "Pending" ? undefined : found;
}

async function make({ client }: Context, inputs: Inputs, settings: PoolSettings): Promise<void> {
  const { name, driver, memberConfig = {} } = inputs;
  await makeOnMembers(client, {
    define: (member) => createPool(client, name, { member, driver, config: memberConfig[member] ?? {} }),
    make: () => createPool(client, name, { driver, ...settings }),
    remove: () => deletePool(client, name),
  });
}

async function preflight(client: Client, { inputs, importId }: CheckContext<Inputs>): Promise<Failure[]> {
  if (importId !== undefined) return [];
  const { driver, source, size, memberConfig } = inputs;
  const info = await client.info();
  const failures = await memberFailures(client, memberConfig);
  const isKnown = info.storageDrivers.length === 0 || driver === undefined || isUnknown(driver);
  if (!isKnown && !info.storageDrivers.includes(driver)) {
    const near = nearest(driver, info.storageDrivers);
    const hint = near === undefined ? `drivers here are: ${info.storageDrivers.join(", ")}` : `did you mean "${near}"?`;
    failures.push({
      property: "driver",
      reason: `this server has no storage driver "${driver}"; ${hint} [unsupported]`,
    });
  }
  if (driver === "dir" && size !== undefined)
    failures.push({
      property: "size",
      reason: 'a pool of driver "dir" has the size of its file system; omit it',
    });
  const own = Object.entries({ source, size }).filter(([, value]) => info.clustered && value !== undefined);
  const reason = "differs between the members of a cluster; set it in memberConfig";
  return [...failures, ...own.map(([property]) => ({ property, reason }))];
}
