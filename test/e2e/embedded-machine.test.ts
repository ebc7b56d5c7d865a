// A program of a few lines on an embedded daemon as users start it: the profile `default` gives the machine the rest.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RawClient, writeTinyIso } from "../contract/harness";
import { type EmbeddedDaemon, startEmbeddedDaemon } from "../../embedded";
import { PulumiProject } from "./harness/project";

const program = `
  const lxd = require("pulumi-lxd");
  const installer = new lxd.IsoVolume("installer", { pool: "default", source: { file: "./installer.iso" } });
  new lxd.Instance("vm", {
    name: "vm",
    type: "virtual-machine",
    cdroms: [{ volume: installer, bootPriority: 10 }],
  });
`;

let dir = "";
let daemon: EmbeddedDaemon;
let project: PulumiProject;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-machine-"));
  daemon = await startEmbeddedDaemon({ dir, guestBootMs: 60_000 });
  project = await PulumiProject.create({ program, config: { "lxd:socket": daemon.socket } });
  await writeTinyIso(join(project.dir, "installer.iso"), { bootable: true });
}, 60_000);
afterAll(async () => {
  await project.dispose();
  await daemon.stop();
  await rm(dir, { recursive: true });
});

it("runs a virtual machine that names neither a root disk nor a network", { timeout: 120_000 }, async () => {
  const raw = new RawClient(() => daemon.socket);
  const up = await project.up({ preview: true });
  expect(up.code, up.stdout + up.stderr).toBe(0);
  expect((await raw.get("/1.0/instances/vm")).body.metadata).toMatchObject({
    status: "Running",
    type: "virtual-machine",
    profiles: ["default"],
    expanded_devices: { root: { type: "disk", path: "/", pool: "default" }, eth0: { network: "incusbr0" } },
  });
  expect(await project.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
  expect(await project.destroy()).toMatchObject({ code: 0 });
  expect((await raw.get("/1.0/instances")).body.metadata).toEqual([]);
});
