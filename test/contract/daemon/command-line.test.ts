// The command line as a process: exit codes, what the system refuses, output that nobody reads, colours.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedDaemon, startEmbeddedDaemon } from "../../../embedded";
import { compileCommand, root } from "./compiled";

let dir = "";
let main = "";
let daemon: EmbeddedDaemon;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-command-line-"));
  main = await compileCommand(join(dir, "compiled"));
  daemon = await startEmbeddedDaemon({ dir: join(dir, "daemon") });
});
afterAll(async () => {
  await daemon.stop();
  await rm(dir, { recursive: true, force: true });
});

interface Ended {
  code: number;
  out: string;
  err: string;
}

const surroundings = { NODE_PATH: join(root, "node_modules"), PATH: process.env["PATH"] };

function run(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const own = { ...surroundings, HOME: dir, INCUS_SOCKET: daemon.socket, ...env };
  return new Promise((done) => {
    execFile(process.execPath, [main, ...args], { env: own, timeout: 20_000 }, (error, out, err) => {
      // Killed at the time limit, it has no exit code.
      done({ code: error === null ? 0 : Number(error.code ?? NaN), out, err });
    });
  });
}

const failed = (why: RegExp): unknown => ({ code: 1, out: "", err: expect.stringMatching(why) as string });

describe("wrong arguments end with 2, and name the help", () => {
  it.each([
    ["daemon", "x"],
    ["doctor", "x"],
    ["doctor", "--jsn"],
    ["import"],
    ["import", "iso-volumes", "x"],
    ["export", "image"],
    ["export", "instance", "x"],
    ["publish-streams"],
    ["publish-streams", "a", "b"],
    ["publish-streams", "a", "--image"],
    ["completion"],
    ["completion", "tcsh"],
    ["help", "nope"],
  ])("%s", async (command, ...rest) => {
    const { code, out, err } = await run([command, ...rest]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(
      new RegExp(`^pulumi-lxd: [A-Z-][^\\n]+\\n\`pulumi-lxd ${command} --help\` lists the options\\.\\n$`),
    );
  });

  it.each([
    ["images", "Image", "PROJECT/FINGERPRINT or PROJECT/ALIAS"],
    ["instance", "Instance", "PROJECT/NAME"],
    ["storage-pools", "StoragePool", "NAME"],
  ])("import %s says how %s is imported", async (what, type, id) => {
    const { code, err } = await run(["import", what]);
    expect(code).toBe(2);
    expect(err).toContain(
      `Declare a resource of the class ${type} as it is on the server, with the option { import: "${id}" }`,
    );
  });
});

describe("what the system refuses is told in a sentence, with what to do", () => {
  it("of a folder that cannot be made", async () => {
    const proc = "/proc/pulumi-lxd-nope";
    const why =
      /^pulumi-lxd: make the folder \/proc\/pulumi-lxd-nope: there is no such file or folder, .* \[not-found\]\nUse another path\.\n$/;
    expect(await run(["daemon", "--dir", `${proc}/a`])).toEqual(failed(why));
    await writeFile(join(dir, "file"), "");
    expect(await run(["daemon", "--dir", join(dir, "file/a")])).toEqual(failed(/is a file, not a folder \[/));
    expect(await run(["daemon", "--dir", join(dir, "file")])).toEqual(
      failed(/something with that name already exists \[/),
    );
  });

  it("of a socket whose path is too long", async () => {
    const socket = join(dir, "s".repeat(120));
    const why =
      /^pulumi-lxd: Nothing can listen on \S+: the path of a socket has at most 107 bytes, this one has 1\d\d\./;
    expect(await run(["daemon", "--dir", join(dir, "long"), "--socket", socket])).toEqual(failed(why));
  });

  const isRoot = process.getuid?.() === 0;
  const title = "of a folder of somebody else";
  it.skipIf(!isRoot)(isRoot ? title : `${title}: only root can become somebody else`, async () => {
    const foreign = join(dir, "foreign");
    await mkdir(foreign, { mode: 0o755 });
    await chmod(dir, 0o755);
    const env = { ...surroundings, HOME: foreign };
    const nobody = 65534;
    const child = spawn(process.execPath, [main, "daemon"], { env, uid: nobody, stdio: ["ignore", "ignore", "pipe"] });
    let err = "";
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    expect((await once(child, "close"))[0]).toBe(1);
    const made = `make the folder ${join(foreign, ".pulumi-lxd")}: this user has no permission [permission-denied]`;
    expect(err).toBe(`pulumi-lxd: ${made}\nUse another path, or give this user access to it.\n`);
  });

  it("of a folder whose records are damaged", async () => {
    const records = join(dir, "damaged/database/profiles");
    await mkdir(records, { recursive: true });
    await writeFile(join(records, "default.json"), "{");
    const why = new RegExp(`^pulumi-lxd: ${records}/default\\.json is not a record .*\\. Delete that file, or `);
    expect(await run(["daemon", "--dir", join(dir, "damaged")])).toEqual(failed(why));
  });

  it("of a daemon that is not there, with the option that names another", async () => {
    const socket = join(dir, "none.socket");
    const why = /^pulumi-lxd: no daemon's socket at \S+ \[unavailable\].*\n.*name its socket with `--socket PATH`\.\n$/;
    for (const command of [
      ["import", "iso-volumes"],
      ["export", "image", "x"],
      ["publish-streams", dir],
    ])
      expect(await run([...command, "--socket", socket])).toEqual(failed(why));
    expect((await run(["doctor", "--socket", socket])).out).toMatch(/name its socket with `--socket PATH`/);
    const missing = { INCUS_SOCKET: socket };
    expect(await run(["import", "iso-volumes"], missing)).toEqual(
      failed(/name its socket with the variable INCUS_SOCKET/),
    );
    const two = await run(["doctor", "--socket", socket, "--address", "https://x"]);
    expect(two).toMatchObject({ code: 2, err: expect.stringContaining("one of --remote, --socket and") as string });
  });

  it("as JSON", async () => {
    const { code, out, err } = await run(["export", "image", "nope", "--json"]);
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(JSON.parse(out)).toEqual({
      ok: false,
      error: {
        code: "not-found",
        message: 'there is no image "nope" in project default',
        advice: expect.stringContaining("at least 12 of its digits") as string,
      },
    });
  });
});

describe("output", () => {
  it("that cannot be written is a failure", async () => {
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, [main, "--help"], { env: surroundings, stdio: ["ignore", full, "pipe"] });
    let err = "";
    child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
    expect((await once(child, "close"))[0]).toBe(1);
    expect(err).toMatch(
      /^pulumi-lxd: write the output: there is no space left on the device \[failed\]\nMake room there/,
    );
  });

  it("that nobody reads any more is not", async () => {
    const child = spawn(process.execPath, [main, "help", "import"], {
      env: surroundings,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.destroy();
    let err = "";
    child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
    expect((await once(child, "close"))[0]).toBe(0);
    expect(err).toBe("");
  });

  it("is coloured where the environment asks for it, and not in a pipe", async () => {
    const escape = "\u001b[31m";
    expect((await run(["nope"])).err).not.toContain(escape);
    expect((await run(["nope"], { FORCE_COLOR: "1" })).err).toContain(`${escape}pulumi-lxd:`);
    expect((await run(["nope"], { FORCE_COLOR: "1", NO_COLOR: "1" })).err).toContain(escape);
    expect((await run(["nope"], { FORCE_COLOR: "0" })).err).not.toContain(escape);
  });
});
