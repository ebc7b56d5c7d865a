// `pulumi-lxd doctor` as a process: what it finds, what it says to do, and how it ends.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeCliConfig } from "../../unit/client/cli-home";
import { compileCommand, root } from "../daemon/compiled";
import { describeEachDaemon, type TestDaemon } from "../harness";
import { useHttps } from "./https-site";

let dir = "";
let main = "";

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-doctor-"));
  main = await compileCommand(dir);
  const bin = join(dir, "bin");
  await mkdir(bin);
  // In place of the Pulumi CLI, whose config the tests say: the real one is met by end-to-end tests.
  const pulumi = `#!/bin/sh\n[ "$1" = version ] && { echo v3.230.0; exit; }\n[ -n "$STACK" ] && { printf %s "$STACK"; exit; }\necho "error: no stack selected" >&2; exit 1\n`;
  await writeFile(join(bin, "pulumi"), pulumi, { mode: 0o755 });
  for (const tool of ["pulumi-language-nodejs", "qemu-img"])
    await writeFile(join(bin, tool), "#!/bin/sh\n", { mode: 0o755 });
});
afterAll(() => rm(dir, { recursive: true }));

interface Report {
  ok: boolean;
  places: { place: string; says: string; isChosen: boolean }[];
  findings: { level: string; check: string; text: string; advice?: string }[];
}

function doctor(args: string[], env: Record<string, string> = {}): Promise<{ code: number; out: string }> {
  const own = { HOME: dir, NODE_PATH: join(root, "node_modules"), PATH: `${join(dir, "bin")}:/usr/bin:/bin`, ...env };
  return new Promise((done) => {
    execFile(process.execPath, [main, "doctor", ...args], { env: own }, (error, out) => {
      done({ code: typeof error?.code === "number" ? error.code : 0, out });
    });
  });
}

async function reportOf(args: string[], env: Record<string, string> = {}): Promise<Report & { code: number }> {
  const { code, out } = await doctor(["--json", ...args], env);
  return { code, ...(JSON.parse(out) as Report) };
}

/** On a feature that no release of LXD has, and Incus has from 6.0.6 and 6.18 on. */
function adviceOn({ kind, product }: TestDaemon): string {
  const elsewhere = "Incus 6.0.6 LTS or Incus 6.18";
  if (kind.startsWith("embedded")) return `Use a real server for it: ${elsewhere} or newer.`;
  if (product === "lxd") return `No release of LXD has it. ${elsewhere} and newer have it.`;
  return "Upgrade Incus: it is in 6.0.6 LTS, 6.18 or 7.0 and newer.";
}

describeEachDaemon("the doctor", (daemon) => {
  const site = useHttps(daemon);
  const overHttps = { missing: site.missing };

  daemon.test("finds a daemon by its variable, and all that it can do", {}, async () => {
    const name = daemon.product === "incus" ? "INCUS_SOCKET" : "LXD_SOCKET";
    const { code, ok, places, findings } = await reportOf([], { [name]: daemon.socket });
    expect([code, ok]).toEqual([0, true]);
    expect(places.filter(({ isChosen }) => isChosen)).toEqual([{ place: name, says: daemon.socket, isChosen: true }]);
    const product = daemon.product === "incus" ? "Incus" : "LXD";
    const line = (check: string) => findings.find((finding) => finding.check === check);
    expect(line("engine")).toMatchObject({ level: "ok", text: `pulumi v3.230.0 (${join(dir, "bin/pulumi")})` });
    const simulates = daemon.kind.startsWith("embedded") ? "the embedded daemon of pulumi-lxd, which simulates " : "";
    expect(line("server")?.text).toMatch(new RegExp(`^${simulates}${product} \\d+\\.\\S+ answers in \\d+ ms`));
    expect(line("machines")?.text.includes("simulated")).toBe(simulates !== "");
    expect(line("trust")).toMatchObject({ level: "ok" });
    const pools = findings.filter(({ check }) => check === "pool").map(({ text }) => text);
    expect(pools.some((text) => /^default \(dir\)/.test(text))).toBe(true);
    const noIso = findings.find(({ text }) =>
      /^not available on .*: ISO volumes, and machines that boot from them \(API extension custom_volume_iso\)$/.test(
        text,
      ),
    );
    expect(noIso === undefined).toBe(daemon.has("custom_volume_iso"));
    if (noIso !== undefined) expect(noIso.advice).toBe("Upgrade LXD: it is in 5.21.0 LTS, 5.16 or 6.1 and newer.");
    const noExport = findings.find(({ text }) => text.endsWith("(API extension backup_iso)"));
    expect(noExport === undefined).toBe(daemon.has("backup_iso"));
    if (noExport !== undefined) expect(noExport.advice).toBe(adviceOn(daemon));
  });

  daemon.test("gives its verdict first, then the worst, then where it has looked", {}, async () => {
    const env = { [daemon.product === "incus" ? "INCUS_SOCKET" : "LXD_SOCKET"]: daemon.socket };
    const { out } = await doctor([], env);
    expect(out).toMatch(/^Ready for `pulumi up`: (no problems found|\d+ (notes?|warnings?).*)\.\n\n/);
    const levels = [...out.matchAll(/^(error|warning|info|ok) /gm)].map(([, level]) => level ?? "");
    const order = ["error", "warning", "info", "ok"];
    expect(levels).toEqual([...levels].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
    expect(out.indexOf("Where the daemon is looked for:")).toBeGreaterThan(out.lastIndexOf("\nok "));
    expect(out).not.toContain("\u001b");
    expect((await doctor([], { ...env, FORCE_COLOR: "1" })).out).toMatch(
      /^\u001b\[3[23]mReady for `pulumi up`\u001b\[0m/,
    );
  });

  daemon.test("says that a project is not there", {}, async () => {
    const STACK = JSON.stringify({
      "lxd:socket": { value: daemon.socket },
      "lxd:project": { value: daemon.name("no") },
    });
    const { code, findings } = await reportOf([], { STACK });
    expect(code).toBe(1);
    expect(findings.find(({ level }) => level === "error")).toMatchObject({
      check: "project",
      text: expect.stringContaining(`there is no project "${daemon.name("no")}"`) as string,
    });
  });

  daemon.test("names the option that accepts the server's certificate", overHttps, async () => {
    const address = ["--address", `https://${site.address}`];
    const trust = async (...args: string[]) => (await reportOf(args)).findings.find(({ check }) => check === "trust");
    const option = `--server-certificate-fingerprint ${site.fingerprint}`;
    expect((await trust(...address))?.advice).toContain(`add \`${option}\``);
    expect((await trust(...address, ...option.split(" ")))?.text).toMatch(
      /requires a client certificate|does not trust this client/,
    );
  });

  daemon.test("says that a server is unknown, that it does not trust the client, that it does", overHttps, async () => {
    const value = (text: string) => ({ value: text });
    const identity = { "lxd:clientCertificate": value(site.client.cert), "lxd:clientKey": value(site.client.key) };
    const unknown = { "lxd:address": value(site.address), ...identity };
    const known = { ...unknown, "lxd:serverCertificateFingerprint": value(site.fingerprint) };
    const trustOf = async (config: object) => {
      const { code, findings } = await reportOf([], { STACK: JSON.stringify(config) });
      return { code, ...findings.find(({ check }) => check === "trust") };
    };
    const pin = `pulumi config set lxd:serverCertificateFingerprint ${site.fingerprint}`;
    const first = await trustOf(unknown);
    expect(first).toMatchObject({ code: 1, level: "error" });
    expect(first.advice).toContain(pin);
    expect(await trustOf(known)).toMatchObject({
      code: 1,
      text: `the server at https://${site.address} does not trust this client's certificate ${site.clientFingerprint}`,
    });
    const token = { ...known, "lxd:trustToken": value(await site.token()) };
    expect(await trustOf(token)).toMatchObject({ code: 0, level: "info" });
    const { "lxd:clientCertificate": _, "lxd:clientKey": __, ...bare } = token;
    const made = join(dir, ".config/pulumi-lxd/client/client.crt");
    expect(await trustOf(bare)).toMatchObject({ code: 0, text: expect.stringContaining(`makes ${made}`) as string });
    expect([await site.isTrusted(), existsSync(made)]).toEqual([false, false]);
    await site.trust();
    expect(await trustOf(known)).toMatchObject({ code: 0, level: "ok" });
  });
});

describe("the doctor, without a daemon", () => {
  const bare = { INCUS_GLOBAL_CONF: "/nowhere", LXD_GLOBAL_CONF: "/nowhere" };

  it("says that it is not running, and how to start it", async () => {
    const { code, out } = await doctor(["--socket", join(dir, "none.socket")], bare);
    expect(code).toBe(1);
    expect(out).toMatch(/the options of this command +\S+none\.socket {3}← this one\n/);
    expect(out).toMatch(/error {4}server {4}no daemon's socket at \S+none\.socket\n +→ Start the daemon/);
    expect(out).toMatch(/^Not ready for `pulumi up`: 1 error(, |\.\n)/);
  });

  it("names the remotes that there are, and looks no further", async () => {
    writeCliConfig(join(dir, ".config/incus"), { remotes: { build: { addr: "https://127.0.0.1:1" } } });
    const env = { ...bare, STACK: JSON.stringify({ "lxd:remote": { value: "biuld" } }) };
    const { code, findings, places } = await reportOf([], env);
    expect(code).toBe(1);
    expect(findings.at(-1)?.text).toContain('has a remote "biuld"; did you mean "build"?');
    expect(places.every(({ isChosen }) => !isChosen)).toBe(true);
    const down = await reportOf(["--remote", "build"], bare);
    expect(down.findings.at(-1)).toMatchObject({ check: "server", text: "no daemon answers at https://127.0.0.1:1" });
  });

  it("says what is missing on this machine, and why the stack's config was not read", async () => {
    const empty = { ...bare, PATH: "/nowhere" };
    const { findings, places } = await reportOf(["--socket", "/nowhere"], empty);
    expect(findings.find(({ check }) => check === "engine")).toMatchObject({
      level: "error",
      text: "there is no `pulumi` on the PATH",
    });
    expect(findings.find(({ check }) => check === "qemu-img")).toMatchObject({ level: "warning" });
    expect(places[1]?.says).toBe("not read: there is no Pulumi CLI");
    const unselected = await reportOf(["--socket", "/nowhere"], bare);
    expect(unselected.places[1]?.says).toBe("not read: no stack selected");
  });
});
