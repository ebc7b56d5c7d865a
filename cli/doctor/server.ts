// Checks a server: whether it trusts this client, its version, and the features that a stack may need.
import { listPools, poolSpace, type WirePool } from "../../provider/lxd/api/storage/pools";
import { type Client } from "../../provider/lxd/client/core/client";
import { type Feature, features, releasesWith } from "../../provider/lxd/client/discovery/features";
import { describeServer, type ServerInfo } from "../../provider/lxd/client/discovery/server-info";
import { isCode, isReason } from "../../provider/base/errors";
import { checkProject } from "../../provider/resources/shared/common";
import { serverName } from "../../embedded/product";
import { either } from "../command";
import { failed, type Finding, ok } from "./finding";

export interface Asked {
  project: string;
  /** How the next run enrolls with the server; undefined without a trust token. */
  plan: string | undefined;
}

export async function server(client: Client, asked: Asked): Promise<Finding[]> {
  const before = performance.now();
  let info: ServerInfo;
  try {
    info = await client.info();
  } catch (error) {
    return [unreachable(error, asked)];
  }
  const tookMs = Math.round(performance.now() - before);
  const known = info.fingerprint === undefined ? "" : `, certificate ${info.fingerprint}`;
  const which = isEmbedded(info)
    ? `the embedded daemon of pulumi-lxd, which simulates ${describeServer(info)},`
    : describeServer(info);
  return [
    ok("server", `${which} answers in ${tookMs} ms${info.clustered ? ", in a cluster" : ""}${known}`),
    ok("trust", "the server trusts this client"),
    ...lacks(info),
    machines(info),
    ...(await Promise.all([usable(client, asked.project), pools(client, info)])).flat(),
  ];
}

function unreachable(error: unknown, { plan }: Asked): Finding {
  if (!isCode(error, "permission-denied")) return failed("server", error);
  if (plan === undefined || !isReason(error, "untrusted-client")) return failed("trust", error);
  return { level: "info", check: "trust", text: `the server does not trust this client yet; the next run ${plan}` };
}

/** Returns the features that resources can use and this server lacks. */
function lacks(info: ServerInfo): Finding[] {
  const missing = Object.entries(features).filter(([extension]) => !info.extensions.has(extension));
  if (missing.length === 0) return [ok("features", "the server has all features that resources can use")];
  return missing.map(([extension, feature]) => ({
    level: "info",
    check: "features",
    text: `not available on ${named(info)}: ${feature.description} (API extension ${extension})`,
    advice: adviceOnFeature(info, extension, feature),
  }));
}

/** A feature may be in none of the known releases of a product, or in all of them. */
function adviceOnFeature(info: ServerInfo, extension: string, { since }: Feature): string {
  const elsewhere = releasesWith(extension);
  if (isEmbedded(info))
    return `Use a real server for it: ${elsewhere === undefined ? "any Incus or LXD" : `${elsewhere} or newer`}.`;
  const product = info.product === "incus" ? "Incus" : "LXD";
  const own = Object.entries(since).filter(([line]) => line.startsWith(product));
  if (own.length === 0) return `No release of ${product} has it. ${String(elsewhere)} and newer have it.`;
  const releases = own.map(([line, release]) => `${release}${/^(Incus 6\.0|LXD 5\.\d+)$/.test(line) ? " LTS" : ""}`);
  return `Upgrade ${product}: it is in ${either(releases)} and newer.`;
}

function isEmbedded({ name }: ServerInfo): boolean {
  return name === serverName;
}

function named(info: ServerInfo): string {
  return isEmbedded(info) ? "the embedded daemon" : describeServer(info);
}

function machines(info: ServerInfo): Finding {
  if (isEmbedded(info)) return ok("machines", "containers and virtual machines are simulated: none ever runs");
  if (info.virtualMachines) return ok("machines", `containers and virtual machines (${info.driver})`);
  return {
    level: "warning",
    check: "machines",
    text: `no virtual machines: the server runs ${info.driver || "nothing that it tells of"}`,
    advice: "For these the server needs QEMU and /dev/kvm, and a restart after both are there.",
  };
}

async function usable(client: Client, project: string): Promise<Finding[]> {
  try {
    const [failure] = await checkProject(client, project);
    if (failure === undefined) return [ok("project", project)];
    return [{ level: "error", check: "project", text: failure.reason, advice: adviceOnProject }];
  } catch (error) {
    return [failed("project", error)];
  }
}

const adviceOnProject = "Create it, or name another with `pulumi config set lxd:project NAME`.";

async function pools(client: Client, { product }: ServerInfo): Promise<Finding[]> {
  const cli = product === "incus" ? "incus" : "lxc";
  try {
    const found = await listPools(client);
    if (found.length > 0) return await Promise.all(found.map((pool) => describePool(client, pool, cli)));
    const advice = `Create one: \`${cli} storage create default dir\`.`;
    return [{ level: "error", check: "pool", text: "there is no storage pool", advice }];
  } catch (error) {
    return [failed("pool", error, "warning")];
  }
}

/** An upload is written twice: first to the server's own directory, then to the pool. */
const littleBytes = 2 * 2 ** 30;

async function describePool(client: Client, { name, driver, status }: WirePool, cli: string): Promise<Finding> {
  const check = "pool";
  if (status !== "Created") {
    const advice = `Look at \`${cli} storage show ${name}\`.`;
    return { level: "warning", check, text: `${name} (${driver}) is not ready: it is ${status}`, advice };
  }
  const space = await poolSpace(client, name).catch(() => undefined);
  if (space === undefined) return ok(check, `${name} (${driver})`);
  const text = `${name} (${driver}), ${gib(space.freeBytes)} free of ${gib(space.totalBytes)}`;
  if (space.freeBytes >= littleBytes) return ok(check, text);
  return { level: "warning", check, text, advice: "Make room, or name another pool: media and images are large." };
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
