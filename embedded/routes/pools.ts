// /1.0/storage-pools: pools of the `dir` driver.
import { statfsSync } from "node:fs";
import { join } from "node:path";

import { badRequest, conflict, failed } from "../errors";
import type { Call } from "../http/call";
import { requireMatch } from "../http/etag";
import { list, urlOf } from "../http/listing";
import { created, done, type Reply, sync } from "../http/reply";
import type { Route } from "../http/router";
import { requireName } from "../names";
import type { Config, PoolRecord } from "../store/records";
import { usersOfPool } from "../used-by";
import type { Store } from "../store/store";
import { requirePool, requireProject } from "../scope";

const KNOWN_KEY = /^(source|size|rsync\.(bwlimit|compression)|user\..+|volume\..+)$/;

const view = (store: Store, pool: PoolRecord) => ({
  config: pool.config,
  description: pool.description,
  name: pool.name,
  driver: pool.driver,
  used_by: usersOfPool(store, pool.name),
  status: "Created",
  locations: ["none"],
});

const covered = (pool: PoolRecord) => ({ name: pool.name, driver: pool.driver, config: pool.config });

function checkConfig(config: Config, error: (message: string) => Error): void {
  const unknown = Object.keys(config).find((key) => !KNOWN_KEY.test(key));
  if (unknown !== undefined) throw error(`Invalid option "${unknown}"`);
}

function listPools(call: Call): Reply {
  const { store } = call.daemon;
  return list(
    call,
    store.pools.all().map((pool) => ({ url: urlOf(["storage-pools", pool.name]), view: view(store, pool) })),
  );
}

function getPool(call: Call): Reply {
  requireProject(call, () => "Failed getting project: ");
  const pool = requirePool(call);
  return sync(view(call.daemon.store, pool), covered(pool));
}

/** The space of the file system that holds the daemon's folder. */
function getResources(call: Call): Reply {
  requirePool(call);
  const fs = statfsSync(call.daemon.store.dir);
  const used = (total: number, free: number) => ({ used: total - free, total });
  const space = used(fs.blocks * fs.bsize, fs.bavail * fs.bsize);
  return sync({ space, inodes: used(fs.files, fs.ffree) });
}

async function createPool(call: Call): Promise<Reply> {
  const shape = { name: "string", driver: "string", description: "string", config: "config" } as const;
  const body = await call.json("StoragePoolsPost", shape);
  const name = requireName(body.name ?? "", "Storage pool");
  if (!body.driver) throw badRequest("No driver provided");
  const { store } = call.daemon;
  if (store.pools.find(name)) throw conflict("The storage pool already exists: The record already exists");
  if (body.driver !== "dir") throw failed("Unknown driver");
  checkConfig(body.config ?? {}, failed);
  const config = { source: join(store.dir, "storage-pools", name), ...body.config };
  store.pools.set(name, { name, driver: "dir", description: body.description ?? "", config });
  return created(urlOf(["storage-pools", name]));
}

async function updatePool(call: Call, isPatch: boolean): Promise<Reply> {
  const pool = requirePool(call);
  requireMatch(call.ifMatch, covered(pool));
  const body = await call.json("StoragePoolPut", { description: "string", config: "config" });
  const config = { ...(isPatch ? pool.config : {}), ...body.config };
  checkConfig(config, badRequest);
  if (config["source"] !== pool.config["source"]) {
    throw failed("Pool source cannot be changed when not in pending state");
  }
  call.daemon.store.pools.set(pool.name, { ...pool, description: body.description ?? "", config });
  return done();
}

function deletePool(call: Call): Reply {
  const pool = requirePool(call);
  const { store } = call.daemon;
  if (usersOfPool(store, pool.name).length > 0) throw badRequest("The storage pool is currently in use");
  store.pools.delete(pool.name);
  return done();
}

export const poolRoutes: Route[] = [
  { path: "/1.0/storage-pools", GET: listPools, POST: createPool },
  {
    path: "/1.0/storage-pools/{pool}",
    GET: getPool,
    PUT: (call) => updatePool(call, false),
    PATCH: (call) => updatePool(call, true),
    DELETE: deletePool,
  },
  { path: "/1.0/storage-pools/{pool}/resources", GET: getResources },
];
