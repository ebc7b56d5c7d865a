// A stack of all kinds that an earlier commit has made goes on with the present code: nothing changes, nothing is lost.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedDaemon, startEmbeddedDaemon } from "../../embedded";
import { at, RawClient } from "../contract/harness/raw";
import { type Checkpoint } from "./harness/options";
import { PulumiProject } from "./harness/project";
import { stepsOf, succeed } from "./iso-volume/stack";

/**
 * `states/COMMIT.json` is the state that the CLI exported after `up` with the package of that commit, `DAEMON` for the
 * daemon's folder; `states/COMMIT.tar.gz` has that folder (of the embedded daemon, ended after the `up`) and the program.
 */
const commits = ["7d2e69c"];
const dynamic = "pulumi-nodejs:dynamic/lxd:";
const kinds = [
  "Exec",
  "GoldenBuild",
  "Image",
  "Instance",
  "InstanceSnapshot",
  "IsoVolume",
  "Network",
  "Profile",
  "Project",
  "StoragePool",
  "StorageVolume",
];

describe.each(commits)("a stack that was made by the commit %s", (commit) => {
  let dir = "";
  let daemon: EmbeddedDaemon;
  let project: PulumiProject;
  let state: Checkpoint;
  const raw = new RawClient(() => daemon.socket);
  const found = async (path: string): Promise<unknown> => (await raw.get(path)).body.metadata;
  /** What tells each object from another that is made in its place. */
  const everything = async (): Promise<Record<string, unknown>> => {
    const instances = (await found("/1.0/instances?recursion=2")) as Record<string, unknown>[];
    const volumes = (await found("/1.0/storage-pools/pool/volumes/custom?recursion=1")) as Record<string, unknown>[];
    const images = (await found("/1.0/images?recursion=1")) as Record<string, unknown>[];
    const identity = (instance: object): unknown[] => [at(instance, "name"), at(instance, "config", "volatile.uuid")];
    return {
      instances: instances.map(identity).sort(),
      snapshots: instances.flatMap((each) => ((each["snapshots"] ?? []) as object[]).map((s) => at(s, "created_at"))),
      volumes: volumes.map((each) => [each["name"], each["created_at"]]).sort(),
      images: images.map((each) => [each["fingerprint"], each["uploaded_at"]]).sort(),
      runs: (await raw.get("/1.0/instances/web/files?path=/tmp/runs")).bytes.toString(),
    };
  };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-states-"));
    await promisify(execFile)("tar", ["-xzf", join(__dirname, "states", `${commit}.tar.gz`), "-C", dir]);
    const folder = join(dir, "daemon");
    const fill = async (path: string): Promise<string> =>
      (await readFile(path, "utf8")).replaceAll("DAEMON", JSON.stringify(folder).slice(1, -1));
    for (const name of ["default", "pool"]) {
      const path = join(folder, "database/storage-pools", `${name}.json`);
      await writeFile(path, await fill(path));
    }
    daemon = await startEmbeddedDaemon({ dir: folder, guestBootMs: 300, emptyDefaultProfile: true });
    state = JSON.parse(await fill(join(__dirname, "states", `${commit}.json`))) as Checkpoint;
    const program = await readFile(join(dir, "program/index.js"), "utf8");
    project = await PulumiProject.create({ program, config: { "lxd:socket": daemon.socket } });
    await cp(join(dir, "program"), project.dir, { recursive: true });
    await project.importStack(state);
  }, 60_000);
  afterAll(async () => {
    await project.dispose();
    await daemon.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it("has resources of all kinds, and texts with the former names of exports", () => {
    const resources = state.deployment.resources ?? [];
    const own = resources.filter(({ type }) => type.includes(dynamic)).map(({ type }) => type.split(":").at(-1));
    expect([...new Set(own)].sort()).toEqual(kinds);
    for (const name of ["Snapshot", "Volume"]) expect(JSON.stringify(resources)).toContain(`provider').${name}"`);
  });

  it("changes neither before nor after a refresh", async () => {
    const before = await everything();
    expect(stepsOf(await succeed(project.preview()))).toEqual([]);
    await succeed(project.refresh());
    expect(stepsOf(await succeed(project.preview()))).toEqual([]);
    expect(stepsOf(await succeed(project.up()))).toEqual([]);
    expect(await everything()).toEqual(before);
  }, 120_000);

  it("takes changes in place", async () => {
    const before = await everything();
    const up = await succeed(project.up({ env: { DESCRIPTION: "second" } }));
    const names = ["answers", "golden", "image", "medium", "net", "pool", "profile", "project", "vm", "volume", "web"];
    expect(stepsOf(up).sort()).toEqual(names.map((name) => `update ${name}`));
    const after = await everything();
    expect({ ...after, images: undefined }).toEqual({ ...before, images: undefined });
    expect(after["images"]).toHaveLength(2);
    expect(at(await found("/1.0/storage-pools/pool"), "description")).toBe("second");
    expect(at(await found("/1.0/instances/web"), "description")).toBe("second");
  }, 120_000);

  it("is deleted as a whole", async () => {
    await succeed(project.destroy());
    expect(await found("/1.0/instances")).toEqual([]);
    expect(await found("/1.0/images")).toEqual([]);
    expect(await found("/1.0/storage-pools")).toEqual(["/1.0/storage-pools/default"]);
    expect(await found("/1.0/projects")).toEqual(["/1.0/projects/default"]);
    expect(await found("/1.0/profiles")).toEqual(["/1.0/profiles/default"]);
    expect(((await found("/1.0/networks?recursion=1")) as object[]).map((net) => at(net, "name"))).not.toContain("net");
  }, 120_000);
});
