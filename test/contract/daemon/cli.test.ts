// `pulumi-lxd daemon` as a process: what it prints, how it stops, what it refuses.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { CUSTOM, RawClient, tinyIso } from "../harness";
import { isoHeaders } from "../harness/embedded";
import { compileCommand, root } from "./compiled";

let dir = "";
let main = "";
const children: ChildProcess[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-cli-"));
  main = await compileCommand(dir);
});

afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(dir, { recursive: true, force: true });
});

const env = { ...process.env, NODE_PATH: join(root, "node_modules"), HOME: tmpdir() };

interface Ended {
  code: number;
  out: string;
  err: string;
}

function run(...args: string[]): Promise<Ended> {
  return new Promise((done) => {
    execFile(process.execPath, [main, ...args], { env }, (error, out, err) => {
      done({ code: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });
}

/** A daemon whose socket it has printed. */
async function daemonAt(...args: string[]): Promise<{ child: ChildProcess; socket: string; out: () => string }> {
  const child = spawn(process.execPath, [main, "daemon", ...args], { env, stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
  await expect.poll(() => out, { timeout: 10_000 }).toMatch(/export \w+_SOCKET=\S+\n/);
  return { child, socket: /export \w+_SOCKET=(\S+)/.exec(out)?.[1] ?? "", out: () => out };
}

async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  const exited = once(child, "exit");
  child.kill(signal);
  return (await exited)[0];
}

describe("pulumi-lxd", () => {
  it("lists its commands", async () => {
    const { code, out } = await run("--help");
    expect(code).toBe(0);
    expect(out).toMatch(/Usage: pulumi-lxd COMMAND[^]*daemon +start an embedded daemon/);
    expect((await run()).code).toBe(2);
  });

  it("prints its version", async () => {
    const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { version: string };
    for (const flag of ["--version", "-V"]) expect(await run(flag)).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });

  it("names the nearest command", async () => {
    const { code, err } = await run("deamon");
    expect(code).toBe(2);
    expect(err).toContain("Unknown command: deamon. Did you mean `daemon`?");
    expect((await run("constructor")).err).toContain("Unknown command: constructor.");
  });

  it.each(["SIGINT", "SIGTERM"] as const)("runs a daemon until %s", async (signal) => {
    const { child, socket, out } = await daemonAt("--dir", join(dir, signal), "--guest-boot-ms", "10");
    const raw = new RawClient(() => socket);
    expect((await raw.get("/")).status).toBe(200);
    expect(await stop(child, signal)).toBe(0);
    expect(out()).toContain("Stopped.");
    await expect(raw.get("/")).rejects.toThrow();
  });

  it("presents itself as LXD on a socket of choice", async () => {
    const socket = join(dir, "chosen.socket");
    const { child, ...daemon } = await daemonAt("--dir", join(dir, "lxd"), "--socket", socket, "--server", "lxd");
    expect(daemon.socket).toBe(socket);
    expect(daemon.out()).toContain(`export LXD_SOCKET=${socket}`);
    expect(await stop(child, "SIGTERM")).toBe(0);
  });

  it("has the commands that its help lists, each with a help of its own", async () => {
    const { out } = await run("--help");
    const commands = [...out.matchAll(/^ {2}([a-z][a-z-]+) {2}/gm)].map(([, command]) => command ?? "");
    expect(commands).toEqual(expect.arrayContaining(["daemon", "doctor", "import", "export", "publish-streams"]));
    for (const command of commands) {
      const help = await run(command, "--help");
      expect(help).toMatchObject({ code: 0, err: "", out: expect.stringContaining(`pulumi-lxd ${command}`) as string });
      expect(await run("help", command)).toEqual(help);
    }
    const wrong = await run("publish-stream", "./x");
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("`publish-streams`") as string });
  });

  it("goes on after SIGKILL from what was copied by then", async () => {
    const at = join(dir, "killed");
    const first = await daemonAt("--dir", at, "--copy-ms", "8000");
    const iso = tinyIso();
    const { status } = await new RawClient(() => first.socket).post(CUSTOM, iso, isoHeaders("cd"));
    expect(status).toBe(202);
    const copied = () => stat(join(at, "storage-pools/default/custom/default_cd")).then(({ size }) => size);
    await expect.poll(() => copied().catch(() => 0)).toBeGreaterThan(0);
    await stop(first.child, "SIGKILL");
    const second = await daemonAt("--dir", at);
    const { body } = await new RawClient(() => second.socket).get(`${CUSTOM}/cd`);
    expect(body.metadata).toMatchObject({ config: { size: String(iso.length) } });
    expect(await copied()).toBeLessThan(iso.length);
    await stop(second.child, "SIGTERM");
  });

  it("refuses a folder that is in use, and options that are wrong", async () => {
    const { child } = await daemonAt("--dir", join(dir, "used"));
    const second = await run("daemon", "--dir", join(dir, "used"));
    expect(second.code).toBe(1);
    expect(second.err).toMatch(/^pulumi-lxd: The folder \S+ is already in use by a daemon/);
    await stop(child, "SIGTERM");
    const usage = (what: string): unknown => ({
      code: 2,
      err: `pulumi-lxd: ${what}\n\`pulumi-lxd daemon --help\` lists the options.\n`,
    });
    const server = await run("daemon", "--server", "vmware");
    expect(server).toMatchObject(usage("--server vmware: must be incus or lxd.") as object);
    const boot = await run("daemon", "--guest-boot-ms", "soon");
    expect(boot).toMatchObject(usage("--guest-boot-ms: must be a number of milliseconds.") as object);
    expect(await run("daemon", "--sockt", "x")).toMatchObject(
      usage("Unknown option --sockt. Did you mean `--socket`?") as object,
    );
  });
});
