// Projects with and without images, profiles and volumes of their own: each kind finds what the daemon would find.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect } from "vitest";
import { at, describeEachDaemon, type TestDaemon, tinyImage, writeTinyIso } from "../harness";
import { StackResource } from "../harness/stack";

type Args = Record<string, unknown>;

describeEachDaemon("projects", (daemon: TestDaemon) => {
  const iso = { needs: ["custom_volume_iso"] };
  const [shares, owns, profile] = [daemon.name("shares"), daemon.name("owns"), daemon.name("profile")];
  const made: StackResource[] = [];
  let dir = "";
  let count = 0;

  const resource = (kindName: "Image" | "Instance" | "IsoVolume"): StackResource => {
    const one = new StackResource(kindName, daemon.name(`${kindName.toLowerCase()}${++count}`), daemon.socket);
    made.push(one);
    return one;
  };
  const exists = async (path: string): Promise<boolean> => (await daemon.raw.get(path)).status === 200;
  const reasons = async (one: StackResource, args: Args): Promise<string> =>
    (await one.failures(args)).map(({ property, reason }) => `${property}: ${reason}`).join("\n");

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-projects-"));
    await writeTinyIso(join(dir, "x.iso"), { marker: daemon.prefix });
    await writeFile(join(dir, "x.tar.gz"), tinyImage({ properties: { description: daemon.prefix } }));
    const none = Object.fromEntries(
      ["images", "profiles", "storage.volumes"].map((key) => [`features.${key}`, "false"]),
    );
    for (const [name, config] of [
      [shares, none],
      [owns, {}],
    ] as const) {
      expect((await daemon.raw.post("/1.0/projects", { name, description: "", config })).status).toBe(201);
    }
    const devices = { root: { type: "disk", path: "/", pool: "default", size: "16MiB" } };
    expect((await daemon.raw.post("/1.0/profiles", { name: profile, devices })).status).toBe(201);
  });
  afterEach(async () => {
    for (const one of made.splice(0).reverse()) await one.destroy();
  });
  afterAll(async () => {
    await rm(dir, { recursive: true });
  });

  describe("profiles", () => {
    const machine = { type: "container", running: false, profiles: [profile] };
    const image = async (project: string): Promise<StackResource> => {
      const one = resource("Image");
      await one.up({ project, source: { file: join(dir, "x.tar.gz") } });
      return one;
    };

    daemon.test("and images are those of the default project where a project has none", {}, async () => {
      const from = await image(shares);
      const { fingerprint } = from.outputs;
      expect(await exists(`/1.0/images/${String(fingerprint)}`)).toBe(true);
      const instance = resource("Instance");
      expect(await instance.up({ ...machine, project: shares, source: { image: fingerprint } })).toBe("created");
      const { body } = await daemon.raw.get(`/1.0/instances/${instance.name}?project=${shares}`);
      expect(at(body, "metadata", "expanded_devices", "root", "size")).toBe("16MiB");
      expect(await instance.refresh()).toBe(true);
      expect(await instance.up({ ...machine, project: shares, source: { image: fingerprint } })).toBe("same");
      expect(await from.refresh()).toBe(true);
    });

    daemon.test("of the default project are not those of a project that has its own", {}, async () => {
      const instance = resource("Instance");
      const args = { ...machine, project: owns, source: { image: "0".repeat(64) } };
      expect(await reasons(instance, args)).toContain(`profiles[0]: there is no profile "${profile}"`);
    });
  });

  daemon.test("volumes are those of the default project where a project has none", iso, async () => {
    const volume = resource("IsoVolume");
    const args = { pool: "default", name: daemon.name("v"), source: { file: join(dir, "x.iso") } };
    expect(await volume.up({ ...args, project: shares })).toBe("created");
    const path = `/1.0/storage-pools/default/volumes/custom/${args.name}`;
    expect(await exists(path)).toBe(true);
    // The same place, told by another project's name.
    expect(await reasons(resource("IsoVolume"), { ...args, project: "default" })).toContain("already");
    const other = resource("IsoVolume");
    expect(await other.up({ ...args, project: owns })).toBe("created");
    expect(await exists(`${path}?project=${owns}`)).toBe(true);

    const vm = resource("Instance");
    const cdroms = [{ volume: { pool: "default", name: args.name } }];
    const machine = { type: "virtual-machine", running: false, profiles: [profile], cdroms };
    expect(await vm.up({ ...machine, project: shares })).toBe("created");
    expect(at((await daemon.raw.get(path)).body, "metadata", "used_by")).toEqual([
      `/1.0/instances/${vm.name}?project=${shares}`,
    ]);
    expect(await volume.up({ ...args, project: shares })).toBe("same");
    // Of this stack, so it lets go of the volume.
    await volume.destroy();
    expect([await exists(path), await exists(`${path}?project=${owns}`)]).toEqual([false, true]);
  });

  daemon.test("a project that is not there is told with the one that was meant", {}, async () => {
    const text = await reasons(resource("Image"), { project: `${owns}x`, source: { file: join(dir, "x.tar.gz") } });
    expect(text).toContain(`project: there is no project "${owns}x"; did you mean "${owns}"? [not-found]`);
  });
});
