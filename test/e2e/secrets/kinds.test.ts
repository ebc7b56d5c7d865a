// One program with a secret in every input of every kind: none may come out in clear, and all must have done their work.
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tinyImage, tinyIso } from "../../contract/harness";
import { type PulumiResult } from "../harness/run";
import { Planted } from "./planted";
import { SecretStack } from "./stack";

const planted = new Planted([
  "AnswerFile",
  "UrlPassword",
  "UrlQuery",
  "DownloadPassword",
  "ProjectConfig",
  "NetworkConfig",
  "PoolConfig",
  "VolumeConfig",
  "ProfileConfig",
  "ProfileUserData",
  "ProfileDevice",
  "ImageProperty",
  "InstanceConfig",
  "InstanceUserData",
  "InstanceDevice",
  "FileText",
  "FileBytes",
  "FileAsset",
  "Typed",
  "ExecEnvironment",
  "ExecCommand",
  "ExecOnDelete",
  "ExecTrigger",
  "Restore",
  "BuildConfig",
  "BuildUserData",
  "BuildTyped",
  "BuildFile",
  "BuildEnvironment",
  "BuildSeal",
  "BuildProperty",
  "Filter",
]);
const s = planted.secret.bind(planted);
const { values } = planted;
/** GRUB takes any text as a command, and boots only when it is told to. */
const typedAtGrub = (name: Parameters<typeof s>[0]): string =>
  `[{ type: "c" }, { type: ${s(name)} }, { key: "enter" }, { type: "boot" }, { key: "enter" }]`;

interface Served {
  web: string;
  sums: readonly string[];
  imageChecksum: string;
}

const program = ({ web, sums, imageChecksum }: Served): string => `
  const pulumi = require("@pulumi/pulumi");
  const lxd = require("pulumi-lxd");
  const at = "${web}";
  const installer = new lxd.IsoVolume("installer", { pool: "default", source: { file: "installer.iso" } });
  const answers = new lxd.IsoVolume("answers", {
    pool: "default", source: { files: { "answers.cfg": ${s("AnswerFile")} }, label: "ANSWERS" },
  });
  new lxd.IsoVolume("downloaded", {
    pool: "default", source: { url: \`http://user:${values.UrlPassword}@\${at}/a.iso\`, checksum: "${sums[0] ?? ""}" },
  });
  new lxd.IsoVolume("signed", {
    pool: "default",
    source: { urls: [\`http://\${at}/none.iso\`, pulumi.secret(\`http://\${at}/b.iso?token=${values.UrlQuery}\`)], checksum: "${sums[1] ?? ""}" },
  });
  new lxd.Project("secret-project", { config: { "user.note": ${s("ProjectConfig")} } });
  new lxd.Network("secretnet", {
    ipv4: { address: "10.99.77.1/24" }, ipv6: { address: "none" }, config: { "user.note": ${s("NetworkConfig")} },
  });
  new lxd.StoragePool("secret-pool", { driver: "dir", config: { "user.note": ${s("PoolConfig")} } });
  new lxd.StorageVolume("secret-volume", { pool: "default", config: { "user.note": ${s("VolumeConfig")} } });
  const profile = new lxd.Profile("secret-profile", {
    config: { "environment.TOKEN": ${s("ProfileConfig")} },
    cloudInit: { userData: ${s("ProfileUserData", "#cloud-config\n# ")} },
    devices: { extra: { type: "none", "user.note": ${s("ProfileDevice")} } },
  });
  const image = new lxd.Image("image", {
    source: { file: "image.tar.gz" }, aliases: ["secret-image"], properties: { note: ${s("ImageProperty")} },
  });
  new lxd.Image("downloaded-image", {
    source: { download: \`http://user:${values.DownloadPassword}@\${at}/image.tar.gz\`, checksum: "${imageChecksum}" },
  });
  const web = new lxd.Instance("web", {
    source: { image: image.fingerprint }, profiles: [profile.name], rootDisk: { pool: "default" },
    config: { "environment.TOKEN": ${s("InstanceConfig")}, "user.plain": "no secret" },
    cloudInit: { userData: ${s("InstanceUserData", "#cloud-config\n# ")} },
    devices: { more: { type: "none", "user.note": ${s("InstanceDevice")} } },
    files: [
      { path: "/etc/text", content: ${s("FileText")} },
      { path: "/etc/bytes", content: pulumi.secret(Buffer.from("${values.FileBytes}")) },
      { path: "/etc/asset", content: pulumi.secret(new pulumi.asset.StringAsset("${values.FileAsset}")) },
    ],
  });
  new lxd.Instance("typed", {
    type: "virtual-machine", profiles: [], rootDisk: { pool: "default" },
    cdroms: [{ volume: installer }], waitFor: [{ condition: "powered-off", timeout: "1m", stableFor: "200ms" }],
    bootCommand: ${typedAtGrub("Typed")},
  });
  const exec = new lxd.Exec("exec", {
    instance: web, command: ["sh", "-c", pulumi.interpolate\`echo $TOKEN; echo \${${s("ExecCommand")}} >&2\`],
    environment: { TOKEN: ${s("ExecEnvironment")} },
    onDelete: ["echo", ${s("ExecOnDelete")}], triggers: [${s("ExecTrigger")}],
  });
  new lxd.InstanceSnapshot("snapshot", { instance: web, restore: ${s("Restore")} }, { dependsOn: exec });
  const golden = new lxd.GoldenImage("golden", {
    iso: installer, media: [answers],
    machine: {
      memory: "256MiB", rootDisk: { pool: "default", size: "64MiB" }, profiles: [],
      config: { "user.note": ${s("BuildConfig")} },
      cloudInit: { userData: ${s("BuildUserData", "#cloud-config\n# ")} },
    },
    bootCommand: ${typedAtGrub("BuildTyped")},
    install: { timeout: "1m", stableFor: "200ms" },
    provision: [
      { files: { "/etc/golden": ${s("BuildFile")} } },
      { exec: ["sh", "-c", "echo $TOKEN > /etc/token"], environment: { TOKEN: ${s("BuildEnvironment")} } },
    ],
    seal: [{ exec: ["echo", ${s("BuildSeal")}] }],
    image: { aliases: ["golden"], properties: { note: ${s("BuildProperty")} } },
  });
  const found = lxd.lookupImages({ filter: { note: ${s("Filter")} } });
  exports.found = found.length;
  exports.said = exec.stdout;
  exports.complained = exec.stderr;
  exports.expanded = web.expandedConfig;
  exports.golden = golden.fingerprint;
`;

describe("secrets of every kindName", () => {
  let stack: SecretStack;
  const asked: string[] = [];
  const image = tinyImage({ properties: { run: "downloaded" } });
  const isos = ["a", "b"].map((marker) => tinyIso({ marker }));

  beforeAll(async () => {
    stack = await SecretStack.start((request, response) => {
      asked.push(`${request.headers.authorization ?? ""} ${request.url ?? ""}`);
      if (request.url === "/none.iso") response.writeHead(404).end();
      else response.end(request.url === "/image.tar.gz" ? image : isos[request.url === "/a.iso" ? 0 : 1]);
    });
    const { project, web } = stack;
    await writeFile(join(project.dir, "image.tar.gz"), tinyImage({ properties: { run: "local" } }));
    const sum = (bytes: Buffer): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    await stack.project.setProgram(program({ web, sums: isos.map(sum), imageChecksum: sum(image) }));
  }, 60_000);
  afterAll(() => stack.end());

  const clean = async (result: PulumiResult): Promise<void> => {
    expect(result.code, result.stdout + result.stderr).toBe(0);
    expect.soft(planted.leaksIn(JSON.stringify(result))).toEqual([]);
    expect.soft(planted.leaksIn(await stack.project.stateText())).toEqual([]);
  };

  it("are in no preview, no event, no row and no state, although all are in the state", async () => {
    await clean(await stack.project.up({ preview: true, args: ["--diff", "--show-full-output"] }));
    const all = Object.keys(values) as (keyof typeof values)[];
    // What nobody has made a resource of.
    const stored = all.filter((name) => name !== "Filter");
    expect(planted.leaksIn(await stack.project.decryptedText())).toEqual(stored);
  }, 120_000);

  it("have done their work", async () => {
    expect(await stack.project.outputs()).toMatchObject({
      found: 0,
      said: `${values.ExecEnvironment}\n`,
      complained: `${values.ExecCommand}\n`,
    });
    const basic = (password: string): string => `Basic ${Buffer.from(`user:${password}`).toString("base64")}`;
    expect(asked).toContain(`${basic(values.UrlPassword)} /a.iso`);
    expect(asked).toContain(`${basic(values.DownloadPassword)} /image.tar.gz`);
    expect(asked).toContain(` /b.iso?token=${values.UrlQuery}`);
  });

  it("are no change when they are read from the state and the daemon", async () => {
    await clean(await stack.project.up({ args: ["--refresh", "--diff"], expectNoChanges: true }));
  }, 120_000);

  it("are in nothing that a destroy says", async () => {
    await clean(await stack.project.destroy({ args: ["--diff"] }));
    const left = ["instances", "images"].map((each) => stack.raw.get(`/1.0/${each}`));
    expect((await Promise.all(left)).map(({ body }) => body.metadata)).toEqual([[], []]);
  }, 120_000);
});
