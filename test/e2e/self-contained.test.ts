// A stack that brings everything along: project, pool, network, profile, volume and a container on them, by the real CLI.
import { randomInt } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { describeEachDaemon, type TestDaemon, tinyImage } from "../contract/harness";
import { IsoStack, stepsOf, succeed } from "./iso-volume/stack";

describeEachDaemon({ name: "A self-contained stack", on: ["embedded", "incus"] }, (daemon: TestDaemon) => {
  let stack: IsoStack;
  const [project, pool, network] = [daemon.name("project"), daemon.name("pool"), daemon.name("n1")];
  const address = `10.217.${randomInt(1, 250)}.1/24`;
  const program = `
    const project = new lxd.Project("${project}");
    const pool = new lxd.StoragePool("${pool}", { driver: "dir" });
    const network = new lxd.Network("${network}", { ipv4: { address: "${address}" }, ipv6: { address: "none" } });
    const profile = new lxd.Profile("web", {
      project: project.name, rootDisk: { pool: pool.name }, nics: [{ network: network.name }],
      config: { "limits.memory": "64MiB" },
    });
    const volume = new lxd.StorageVolume("data", { project: project.name, pool: pool.name });
    const image = new lxd.Image("tiny", { project: project.name, source: { file: "tiny.tar.gz" } });
    new lxd.Instance("web", {
      project: project.name, source: { image: image.fingerprint }, profiles: [profile.name],
      disks: [{ volume: volume.name, pool: pool.name, path: "/data" }],
    });
  `;
  const inside = async (path: string): Promise<Record<string, unknown>> =>
    (await daemon.raw.get(`${path}?project=${project}`)).body.metadata as Record<string, unknown>;
  const collections = ["projects", "storage-pools", "networks", "profiles", "instances?all-projects=true"];
  const everything = async (): Promise<string[]> => {
    const replies = await Promise.all(collections.map((path) => daemon.raw.get(`/1.0/${path}`)));
    return replies.flatMap(({ body }) => body.metadata as string[]).filter((url) => url.includes(daemon.prefix));
  };

  beforeAll(async () => {
    stack = await IsoStack.create(daemon, program);
    await writeFile(join(stack.project.dir, "tiny.tar.gz"), tinyImage({ properties: { run: daemon.prefix } }));
  });
  afterAll(() => stack.dispose());

  daemon.test("is previewed, made, put right and taken away as a whole", { timeoutMs: 150_000 }, async () => {
    await succeed(stack.project.up({ preview: true }));
    expect(await inside("/1.0/instances/web")).toMatchObject({
      status: "Running",
      profiles: ["web"],
      expanded_devices: { root: { pool }, eth0: { network }, disk0: { pool, source: "data", path: "/data" } },
    });
    const profile = await inside("/1.0/profiles/web");
    expect(profile).toMatchObject({ config: { "limits.memory": "64MiB" } });
    await succeed(stack.project.up({ expectNoChanges: true }));

    const { config, devices } = profile as { config: object; devices: object };
    const byHand = { description: "mine", config: { ...config, "limits.memory": "96MiB" }, devices };
    await daemon.settle(daemon.raw.put(`/1.0/profiles/web?project=${project}`, byHand));
    await succeed(stack.project.refresh());
    expect(stepsOf(await succeed(stack.project.up()))).toEqual(["update web"]);
    expect(await inside("/1.0/profiles/web")).toMatchObject({ description: "", config });

    await succeed(stack.project.destroy());
    expect(await everything()).toEqual([]);
  });
});
