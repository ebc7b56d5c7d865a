// Counts the requests per resource on a real server: those of a stack with ten resources, less those of one with five.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeTinyIso } from "../quickstart/tiny-iso.mjs";
import { operations } from "./many.mjs";
import { Stack } from "./stack.mjs";

const counts = [5, 10];

const kinds = {
  "ISO volume": (dir) =>
    `new lxd.IsoVolume("iso" + i, { pool: "default", source: { file: ${JSON.stringify(dir)} + "/" + i + ".iso" }, description })`,
  "stopped VM": () => `new lxd.Instance("vm" + i, {
    type: "virtual-machine", running: false, profiles: [], rootDisk: { pool: "default", size: "16MiB" }, description,
  })`,
  profile: () => `new lxd.Profile("profile" + i, { description })`,
  "storage volume": () => `new lxd.StorageVolume("volume" + i, { pool: "default", description })`,
};

const verbs = { ...operations, update: operations.up };

export async function benchRequests({ site, dir }) {
  for (let i = 0; i < Math.max(...counts); i++) writeTinyIso(join(dir, `${i}.iso`), `REQUESTS${i}`);
  const rows = [];
  for (const [kind, statement] of Object.entries(kinds)) {
    const [few, many] = [
      await requestsOf({ site, dir, statement, count: counts[0] }),
      await requestsOf({ site, dir, statement, count: counts[1] }),
    ];
    for (const verb of ["up", "preview without change", "refresh", "update", "destroy"]) {
      rows.push({ what: `requests of ${verb}, per ${kind}`, figure: perResource(few[verb], many[verb]) });
    }
  }
  return rows;
}

/** By operation, the number of requests of each method. */
async function requestsOf({ site, dir, statement, count }) {
  const proxy = await countingProxy(site.socket);
  const own = mkdtempSync(join(dir, "requests-"));
  const program = `
    const lxd = require("pulumi-lxd");
    const description = process.env.DESCRIPTION || "first";
    for (let i = 0; i < ${count}; i++) ${statement(dir)};
  `;
  const config = { "lxd:socket": proxy.socket, "lxd:project": site.project };
  const found = {};
  try {
    const stack = await Stack.create({ dir: own, name: "requests", program, config });
    for (const verb of ["up", "preview without change", "refresh", "update", "destroy"]) {
      stack.env = verb === "update" ? { DESCRIPTION: "second" } : {};
      proxy.counted = {};
      await stack.time(...verbs[verb]);
      found[verb] = proxy.counted;
    }
    return found;
  } finally {
    proxy.stop();
    rmSync(own, { recursive: true, force: true });
  }
}

/** A socket in front of the server's own that counts the requests by method; `wait` is a wait for an operation. */
async function countingProxy(daemonSocket) {
  const dir = mkdtempSync(join(tmpdir(), "bench-proxy-"));
  const proxy = { socket: join(dir, "unix.socket"), counted: {} };
  const server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const name = /\/operations\/[^/]+\/wait/.test(path) ? "wait" : method;
    proxy.counted[name] = (proxy.counted[name] ?? 0) + 1;
    const sent = request({ socketPath: daemonSocket, method, path, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode, reply.headers);
      outgoing.flushHeaders();
      reply.pipe(outgoing);
    });
    sent.on("error", () => outgoing.destroy());
    outgoing.on("close", () => sent.destroy());
    incoming.pipe(sent);
  });
  await new Promise((resolve) => server.listen(proxy.socket, resolve));
  proxy.stop = () => {
    server.closeAllConnections();
    server.close();
    rmSync(dir, { recursive: true, force: true });
  };
  return proxy;
}

function perResource(few, many) {
  const added = (name) => ((many[name] ?? 0) - (few[name] ?? 0)) / (counts[1] - counts[0]);
  const parts = Object.keys(many).flatMap((name) =>
    added(name) === 0 ? [] : `${Number(added(name).toFixed(1))} ${name}`,
  );
  return parts.length === 0 ? "none" : parts.join(", ");
}
