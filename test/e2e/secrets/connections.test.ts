// Planted secrets are looked for in all that Pulumi writes: state, preview, events, logs of the engine, errors.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedDaemon, startEmbeddedDaemon } from "../../../embedded";
import { RawClient, tinyIso } from "../../contract/harness";
import { selfSigned } from "../../unit/content/url/certificate";
import { PulumiProject } from "../harness/project";
import { type TlsFront, tlsFront } from "../harness/tls-front";

const client = selfSigned();
const planted = {
  bearerToken: "planted-bearer-token",
  // A line in the middle, since PEM is written with other line ends here and there.
  clientKey: client.key.split("\n")[1] ?? "",
  trustTokenSecret: "planted-trust-secret",
  configToken: "planted-config-token",
  cloudInit: "planted-cloud-init",
  file: "planted-file",
};

let dir = "";
let daemon: EmbeddedDaemon;
let front: TlsFront;
let project: PulumiProject;
let trustToken = "";

const program = (address: string): string => `
  const pulumi = require("@pulumi/pulumi");
  const lxd = require("pulumi-lxd");
  const known = { address: "${address}", serverCertificateFingerprint: "${front.fingerprint}" };
  const bearer = new lxd.Remote("bearer", { ...known, bearerToken: "${planted.bearerToken}" });
  const identity = ${JSON.stringify({ clientCertificate: client.cert, clientKey: client.key, trustToken })};
  const enrolled = new lxd.Remote("enrolled", { ...known, ...identity });
  const answers = new lxd.IsoVolume("answers", {
    pool: "default", remote: bearer, source: { files: { "a.txt": pulumi.secret("${planted.file}") }, label: "X" },
  });
  new lxd.IsoVolume("other", { pool: "default", remote: enrolled, source: { files: { "b.txt": "no secret" }, label: "X" } });
  new lxd.Instance("vm", {
    type: "virtual-machine", remote: pulumi.output(pulumi.secret({ ...known, bearerToken: "${planted.bearerToken}" })),
    profiles: [], rootDisk: { pool: "default" }, running: false, cdroms: [{ volume: answers }],
    cloudInit: { userData: pulumi.secret("#cloud-config\\n# ${planted.cloudInit}\\n") },
  });
  const iso = new lxd.IsoVolume("installer", { pool: "default", remote: bearer, source: { file: "./installer.iso" } });
  new lxd.GoldenImage("golden", {
    remote: bearer, iso, machine: { rootDisk: { pool: "default" }, firmware: "uefi", profiles: [] },
    install: { timeout: "1m", stableFor: "300ms" }, publishTo: [{ remote: enrolled, project: "copies", relay: true }],
  });
  new lxd.IsoVolume("stack", { pool: "default", source: { files: { "c.txt": "by the stack's config" }, label: "X" } });
`;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-secrets-"));
  daemon = await startEmbeddedDaemon({ dir, guestBootMs: 300 });
  const raw = new RawClient(() => daemon.socket);
  await raw.post("/1.0/projects", { name: "copies", config: { "features.images": "true" } });
  front = await tlsFront(daemon.socket);
  const { address, fingerprint } = front;
  const token = { client_name: "x", fingerprint, addresses: [address], secret: planted.trustTokenSecret };
  trustToken = Buffer.from(JSON.stringify(token)).toString("base64");
  const config = { "lxd:address": address, "lxd:serverCertificateFingerprint": fingerprint };
  project = await PulumiProject.create({ program: program(address), config });
  await writeFile(join(project.dir, "installer.iso"), tinyIso({ bootable: true }));
  await project.setConfig("lxd:bearerToken", planted.configToken, { secret: true });
}, 60_000);
afterAll(async () => {
  await project.destroy();
  await project.dispose();
  await front.close();
  await daemon.stop();
  await rm(dir, { recursive: true });
});

/** The names of the planted values that a text has, as they are or in the forms in which they are sent. */
function leaksOf(text: string): string[] {
  const all = Object.entries({ ...planted, trustToken });
  return all.flatMap(([name, value]) =>
    [value, Buffer.from(value).toString("base64").replace(/=+$/, "")].some((form) => text.includes(form)) ? [name] : [],
  );
}

describe("secrets", () => {
  it("are in no preview, nor in its form for programs", async () => {
    const preview = await project.preview({ args: ["--json"] });
    expect(preview.code, preview.stdout + preview.stderr).toBe(0);
    expect(leaksOf(JSON.stringify(preview))).toEqual([]);
  });

  it("are in the state only encrypted, although they were used", async () => {
    const up = await project.up({ preview: true, args: ["--diff"] });
    expect(up.code, up.stdout + up.stderr).toBe(0);
    expect(leaksOf(JSON.stringify(up))).toEqual([]);
    expect(leaksOf(await project.stateText())).toEqual([]);
    expect(leaksOf(JSON.stringify(await project.exportStack()))).toEqual([]);
    for (const used of ["bearerToken", "configToken", "file"] as const) expect(front.seen()).toContain(planted[used]);
  }, 120_000);

  it("are read from the state again, which is all that a refresh has", async () => {
    const refresh = await project.refresh({ args: ["--diff"], expectNoChanges: true });
    expect(refresh.code, refresh.stdout + refresh.stderr).toBe(0);
    expect(leaksOf(JSON.stringify(refresh))).toEqual([]);
    expect(leaksOf(await project.stateText())).toEqual([]);
    expect((await project.up({ expectNoChanges: true })).code).toBe(0);
  });

  // Pulumi's own library for Node.js writes the answers to registrations into this log, decrypted, whoever the provider is.
  it("of the stack's config are not even in the engine's most detailed log", async () => {
    const { code, stderr, stdout } = await project.preview({ args: ["--logtostderr", "--logflow", "-v=9"] });
    expect(code, stdout).toBe(0);
    expect(stderr).toContain("RegisterResource RPC finished");
    expect(leaksOf(stdout + stderr)).not.toContain("configToken");
    expect(leaksOf(stdout)).toEqual([]);
  });

  it("are in no error", async () => {
    await project.setProgram(
      program(front.address.replace(/\d+$/, "1")).replaceAll('pool: "default"', 'pool: "default", desciption: "x"'),
    );
    const failed = await project.up();
    expect(failed.code).not.toBe(0);
    expect(failed.stdout + failed.stderr).toContain("unknown property");
    expect(leaksOf(JSON.stringify(failed))).toEqual([]);
    // Nothing else fails: the engine stops with the first failure.
    await project.setProgram(program(front.address).replaceAll(`bearerToken: "`, `bearerTokn: "`));
    const mistyped = await project.up();
    expect(mistyped.code).not.toBe(0);
    expect(mistyped.stdout).toContain('unknown property "bearerTokn"; did you mean "bearerToken"?');
  });
});
