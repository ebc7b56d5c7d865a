// Instances made from images by alias, from image servers, and from other instances and their snapshots.
import { beforeAll, expect, test } from "vitest";

import { ImageServer } from "../image/image-server";
import { tinyImage } from "../harness";
import { describeInstances, type Site } from "./site";

type Args = Record<string, unknown>;

const rootDisk = { pool: "default" };
const off = (more: Args): Args => ({ rootDisk, running: false, ...more });

/** An image of this test's own under an alias. */
async function named(site: Site, alias: string, mark: string): Promise<string> {
  const fingerprint = await site.image(mark);
  const path = `/1.0/images/aliases/${alias}`;
  const isThere = (await site.find(path)) !== undefined;
  if (isThere) await site.send("PUT", path, { target: fingerprint, description: "" });
  else await site.send("POST", "/1.0/images/aliases", { name: alias, target: fingerprint });
  return fingerprint;
}

/** An instance of somebody else, with everything that a copy must not go on with. */
async function foreign(site: Site, image: string): Promise<string> {
  const name = site.name();
  await site.change("POST", "/1.0/instances", {
    name,
    type: "container",
    source: { type: "image", fingerprint: image },
    config: { "user.pulumi.owner": "another", "user.pulumi.pending": "wait", "user.note": "other", "limits.cpu": "1" },
    devices: { root: { type: "disk", path: "/", pool: "default" }, eth7: { type: "nic", nictype: "p2p" } },
  });
  await site.change("POST", `/1.0/instances/${name}/snapshots`, { name: "then" });
  return name;
}

describeInstances("sources of an instance", (site) => {
  let image = "";
  beforeAll(async () => {
    image = await site.image();
  });

  test("an alias is what it names when the machine is made, and no change when it is moved", async () => {
    const alias = site.name();
    const one = await named(site, alias, "one");
    const machine = site.resource();
    const args = off({ source: { alias } });
    await machine.up(args);
    expect((await site.instance(machine.name)).config["volatile.base_image"]).toBe(one);
    await named(site, alias, "two");
    expect(await machine.up(args)).toBe("same");
    expect(await machine.refresh()).toBe(true);
    expect(await machine.up(args)).toBe("same");
    expect(await machine.preview(off({ source: { alias: `${alias}-x` } }))).toMatchObject({ replaces: ["source"] });
    expect(await machine.preview(off({ source: { image: one } }))).toMatchObject({ replaces: [] });
  });

  test("an alias that is followed and names another image is a replacement that the preview shows", async () => {
    const alias = site.name();
    await named(site, alias, "first");
    const machine = site.resource();
    const args = off({ source: { alias, follow: true } });
    await machine.up(args);
    expect(await machine.up(args)).toBe("same");
    const other = await named(site, alias, "second");
    expect(await machine.preview(args)).toMatchObject({ replaces: ["sourceVersion"] });
    expect(await machine.up(args)).toBe("replaced");
    expect((await site.instance(machine.name)).config["volatile.base_image"]).toBe(other);
    expect(await machine.up(args)).toBe("same");
  });

  test("an alias that is not there is told, and nothing is made", async () => {
    const machine = site.resource();
    await expect(machine.up(off({ source: { alias: "no/such" } }))).rejects.toThrow(/no image alias "no\/such"/);
    expect(await site.find(`/1.0/instances/${machine.name}`)).toBeUndefined();
  });

  test("a copy has the other's disk and snapshots, and the program's settings in the very request", async () => {
    const other = await foreign(site, image);
    const machine = site.resource();
    const args = off({ source: { instance: other }, config: { "user.note": "mine" } });
    await machine.up(args);
    const made = await site.instance(machine.name);
    expect(made.config).toMatchObject({ "user.pulumi.owner": machine.urn, "user.note": "mine" });
    expect(made.config["volatile.base_image"]).toBe(image);
    expect(made.config).not.toHaveProperty("limits.cpu");
    expect(made.config).not.toHaveProperty(["user.pulumi.pending"]);
    expect(made.devices).toEqual({ root: { type: "disk", path: "/", pool: "default" } });
    expect(await site.get<string[]>(`/1.0/instances/${machine.name}/snapshots`)).toHaveLength(1);
    expect(await machine.up(args)).toBe("same");
    expect(await machine.refresh()).toBe(true);
    expect(await machine.up(args)).toBe("same");
    const another = off({ ...args, source: { instance: `${other}-x` } });
    expect(await machine.preview(another)).toMatchObject({ replaces: ["source"] });
    expect((await site.instance(other)).config["user.pulumi.owner"]).toBe("another");
  });

  test("a copy without snapshots, and one of a snapshot", async () => {
    const other = await foreign(site, image);
    await site.send("PATCH", `/1.0/instances/${other}`, { config: { "user.late": "1" } });
    const [bare, past] = [site.resource(), site.resource()];
    await bare.up(off({ source: { instance: other, instanceOnly: true } }));
    expect(await site.get<string[]>(`/1.0/instances/${bare.name}/snapshots`)).toEqual([]);
    await past.up(off({ source: { snapshot: `${other}/then` } }));
    expect((await site.instance(past.name)).config["user.pulumi.owner"]).toBe(past.urn);
    const missing = site.resource();
    await expect(missing.up(off({ source: { snapshot: `${other}/nope` } }))).rejects.toThrow(/no snapshot nope/);
    await expect(missing.up(off({ source: { instance: "nope-x" } }))).rejects.toThrow(/no instance default\/nope-x/);
  });

  test("a copy that a killed run has asked for is gone on with; one of another source is not", async () => {
    const other = await foreign(site, image);
    const machine = site.resource();
    const mark = JSON.stringify({ instance: other, project: "default" });
    const config = { "user.pulumi.owner": machine.urn, "user.pulumi.source": mark, "user.pulumi.pending": "power" };
    const source = { type: "copy", source: other, project: "default" };
    await site.send("POST", "/1.0/instances", { name: machine.name, type: "container", source, config });
    expect(await machine.up(off({ source: { instance: other } }))).toBe("created");
    const made = await site.instance(machine.name);
    expect(made.config).not.toHaveProperty(["user.note"]);
    expect(made.devices).not.toHaveProperty("eth7");
    machine.id = undefined;
    const [failure] = await machine.failures(off({ source: { snapshot: `${other}/then` } }));
    expect(failure?.reason).toMatch(/left by an earlier run, made from \{"instance"/);
  });

  test("a copy of the other type is told with both types", async () => {
    const other = await foreign(site, image);
    const machine = site.resource();
    const up = machine.up(off({ type: "virtual-machine", source: { instance: other } }));
    await expect(up).rejects.toThrow(/is one of a container.*type: "container"/s);
  });

  site.daemon.test(
    "an image straight from an image server",
    { missing: noServer(site), timeoutMs: 60_000 },
    async () => {
      const server = await ImageServer.start();
      const alias = site.name();
      await server.put(tinyImage({ properties: { description: alias } }), alias);
      const { url, certificate } = server;
      const machine = site.resource();
      const args = off({ source: { server: url, protocol: "incus", alias, certificate } });
      await machine.up(args);
      const image = (await site.instance(machine.name)).config["volatile.base_image"] ?? "";
      expect(image).toMatch(/^[0-9a-f]{64}$/);
      expect(await machine.up(args)).toBe("same");
      await machine.destroy();
      await site.change("DELETE", `/1.0/images/${image}`);
      await server.remove(image);
    },
  );

  test("what is wrong with a source is told by its field", async () => {
    const machine = site.resource();
    const of = (source: Args): Promise<unknown> => machine.failures(off({ source }));
    expect(await of({ server: "https://x", protocol: "incus" })).toMatchObject([{ property: "source" }]);
    expect(await of({ snapshot: "web" })).toMatchObject([{ property: "source.snapshot" }]);
    expect(await of({ alias: "a", instance: "b" })).toMatchObject([{ property: "source" }]);
    expect(await of({ backup: "/no/such/file" })).toMatchObject([{ property: "source.backup" }]);
  });
});

function noServer(site: Site): () => string | undefined {
  return () => (site.isSimulated ? "the embedded daemon pulls from no image server" : ImageServer.missing());
}
