// A new machine with an address and a trust token, by the real CLI: enrolled by the first run, known to all that follow.
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { fingerprintOf } from "../../provider/lxd/client/auth/pem";
import { describeEachDaemon, type TestDaemon, textAt } from "../contract/harness";
import { httpsAddress } from "../contract/harness/https";
import { succeed } from "./iso-volume/stack";
import { PulumiProject } from "./harness/project";

describeEachDaemon({ name: "A machine with nothing but a trust token", on: ["incus"] }, (daemon: TestDaemon) => {
  const volume = daemon.name("volume");
  const path = `/1.0/storage-pools/default/volumes/custom/${volume}`;
  let home = "";
  let token = "";
  let project: PulumiProject;
  const file = (name: string): string => join(home, ".config/pulumi-lxd/client", name);
  const trusted = async (): Promise<number> => {
    const fingerprint = fingerprintOf(readFileSync(file("client.crt"), "utf8"), "");
    return (await daemon.raw.get(`/1.0/certificates/${fingerprint}`)).status;
  };

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), "pulumi-lxd-enrolment-"));
    const address = await httpsAddress(daemon.raw);
    const client = { name: daemon.name("client"), type: "client", token: true };
    const { metadata } = (await daemon.raw.post("/1.0/certificates", client)).body;
    const fingerprint = textAt((await daemon.raw.get("/1.0")).body.metadata, "environment", "certificate_fingerprint");
    const secret = textAt(metadata, "metadata", "secret");
    const fields = { client_name: client.name, fingerprint, addresses: [address], secret };
    token = Buffer.from(JSON.stringify(fields)).toString("base64");
    const program = `const lxd = require("pulumi-lxd"); new lxd.StorageVolume("${volume}", { pool: "default" });`;
    const env = { HOME: home, XDG_CONFIG_HOME: undefined, INCUS_CONF: undefined, INCUS_GLOBAL_CONF: home };
    project = await PulumiProject.create({ program, config: { "lxd:address": address }, env });
    await project.setConfig("lxd:trustToken", token, { secret: true });
  }, 60_000);
  afterAll(async () => {
    if (existsSync(file("client.crt"))) {
      const fingerprint = fingerprintOf(readFileSync(file("client.crt"), "utf8"), "");
      await daemon.raw.delete(`/1.0/certificates/${fingerprint}`);
    }
    await project.dispose();
    await rm(home, { recursive: true });
  });

  daemon.test("makes what the program says, and keeps key and token to itself", { timeoutMs: 60_000 }, async () => {
    const up = await succeed(project.up());
    expect((await daemon.raw.get(path)).status).toBe(200);
    expect(await trusted()).toBe(200);
    const key = readFileSync(file("client.key"), "utf8").split("\n")[1] ?? "";
    expect(key.length).toBeGreaterThan(40);
    const written = (await project.stateText()) + JSON.stringify(up);
    for (const secret of [key, token]) expect(written).not.toContain(secret);
  });

  daemon.test("goes on with a token that is used up", { timeoutMs: 60_000 }, async () => {
    await succeed(project.up({ expectNoChanges: true }));
    await succeed(project.destroy());
    expect((await daemon.raw.get(path)).status).toBe(404);
  });
});
