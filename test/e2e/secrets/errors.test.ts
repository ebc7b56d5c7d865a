// Failures that have a secret in their own words, or in those of a daemon, a guest or a server: none is told.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tinyImage } from "../../contract/harness";
import { Planted } from "./planted";
import { SecretStack } from "./stack";

const planted = new Planted([
  "Checked",
  "ConfigValue",
  "DeviceValue",
  "ExecProgram",
  "ExecEnvironment",
  "WaitOutput",
  "BootPattern",
  "UrlPassword",
  "BuildStep",
  "BuildOutput",
  "Alias",
  "ProxyPassword",
]);
const s = planted.secret.bind(planted);
const { values } = planted;

/** Each resource fails, on the daemon or in a guest, with words that have its secret in them. */
const failing = (web: string): string => `
  const pulumi = require("@pulumi/pulumi");
  const lxd = require("pulumi-lxd");
  const pool = "default";
  const image = new lxd.Image("image", { source: { file: "image.tar.gz" } });
  const small = { source: { image: image.fingerprint }, profiles: [], rootDisk: { pool } };
  new lxd.Instance("badconfig", { ...small, config: { "limits.memory.enforce": ${s("ConfigValue")} } });
  new lxd.Instance("baddevice", { ...small, devices: { x: { type: "disk", path: "/x", source: ${s("DeviceValue", "/nosuch/")} } } });
  const web = new lxd.Instance("web", small);
  new lxd.Exec("noprogram", { instance: web, command: [${s("ExecProgram")}] });
  new lxd.Exec("complains", {
    instance: web, environment: { TOKEN: ${s("ExecEnvironment")} }, command: ["sh", "-c", "echo is $TOKEN >&2; exit 3"],
  });
  new lxd.Instance("waits", {
    ...small, waitFor: [{ condition: "exec", command: ["cat", ${s("WaitOutput", "/nosuch/")}], timeout: "1s" }],
  });
  const installer = new lxd.IsoVolume("installer", { pool, source: { file: "installer.iso" } });
  new lxd.Instance("boots", {
    type: "virtual-machine", profiles: [], rootDisk: { pool },     bootCommand: [{ waitFor: ${s("BootPattern")}, timeout: "1s" }],
  });
  new lxd.IsoVolume("downloaded", {
    pool, source: { url: "http://user:${values.UrlPassword}@${web}/cut.iso", checksum: "sha256:${"0".repeat(64)}" },
  });
  new lxd.GoldenImage("golden", {
    iso: installer, machine: { memory: "256MiB", rootDisk: { pool, size: "64MiB" }, profiles: [] },
    install: { timeout: "1m", stableFor: "200ms" },
    provision: [{ exec: ["sh", "-c", "echo $TOKEN; exit 1", ${s("BuildStep")}], environment: { TOKEN: ${s("BuildOutput")} } }],
  });
`;

describe("secrets in failures", () => {
  let stack: SecretStack;

  beforeAll(async () => {
    // The file is there when the check asks for its start, and gone when it is downloaded.
    stack = await SecretStack.start((request, response) => {
      response.writeHead(request.headers.range === undefined ? 404 : 200).end();
    }, 100);
    await stack.project.setProgram(failing(stack.web));
    await writeFile(join(stack.project.dir, "image.tar.gz"), tinyImage());
  }, 60_000);
  afterAll(() => stack.end());

  it("are neither in what is printed nor in what the state keeps of it", async () => {
    const up = await stack.project.up({ args: ["--continue-on-error"] });
    const told = up.messages.filter(({ severity }) => severity === "error").map(({ text }) => text);
    for (const words of [
      'badconfig: Failed creating instance record: Invalid value "[secret]" (not one of [soft hard]) [failed]',
      'device "x": Missing source path "[secret]" for disk "x" [failed]',
      "run [secret] in instance default/web: Command not found",
      "run sh in instance default/web: the command exited with 3; it printed:\n  | is [secret]\n",
      "create instance default/boots: bootCommand[0]: the console has not printed /[secret]/ after 1s",
      "create instance default/waits: waiting for exec: the command cat [secret] exited with 1",
      ": there is no such file on the server [not-found] (GET http://",
      "phase provision: the command sh -c echo $TOKEN; exit 1 [secret] exited with 1; it printed:\n  | [secret]\n",
    ]) {
      expect.soft(told.find((text) => text.includes(words))).toBeDefined();
    }
    expect(planted.leaksIn(JSON.stringify(up))).toEqual([]);
    expect(planted.leaksIn(await stack.project.stateText())).toEqual([]);
  }, 120_000);

  it("are not in failures of a check, of which the engine prints the value", async () => {
    await stack.project.setProgram(`
      const pulumi = require("@pulumi/pulumi");
      const lxd = require("pulumi-lxd");
      new lxd.Exec("exec", { instance: "web", command: ${s("Checked")} });
    `);
    const preview = await stack.project.preview();
    expect
      .soft(preview.stdout)
      .toContain("'exec' has a problem: command: must be a list of the program and its arguments;");
    expect.soft(preview.stdout).toContain('["sh", "-c", "[secret]"]');
    expect(planted.leaksIn(JSON.stringify(preview))).toEqual([]);
  }, 60_000);

  it("are not in those of functions, nor are those of the surroundings", async () => {
    await stack.project.setProgram(`
      const pulumi = require("@pulumi/pulumi");
      const lxd = require("pulumi-lxd");
      lxd.lookupImages({ remote: { address: "https://far.example.org:8443" } }).apply(() => 0);
      lxd.lookupImage({ alias: ${s("Alias")} }).apply(() => 0);
    `);
    const env = { HTTPS_PROXY: `http://user:${values.ProxyPassword}@127.0.0.1:1`, NO_PROXY: undefined };
    const preview = await stack.project.preview({ env });
    expect.soft(preview.stdout).toContain('none with alias "[secret]"');
    expect.soft(preview.stdout).toContain("the proxy http://127.0.0.1:1 cannot be reached");
    expect(planted.leaksIn(JSON.stringify(preview))).toEqual([]);
  }, 60_000);
});
