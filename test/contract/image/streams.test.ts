// Images of a simplestreams server: pulled by the daemon, relayed through here, with the aliases that they have there.
import { afterAll, beforeAll, beforeEach, expect } from "vitest";

import { lookupImage } from "../../../provider/functions";
import { StackResource } from "../harness/stack";
import { describeImages } from "./site";
import { type StreamedImage, StreamsSite } from "./streams-site";

describeImages("image of a simplestreams server", (site) => {
  const { daemon } = site;
  const streams = new StreamsSite();
  let image: StackResource;
  let alias = "";

  const test = (title: string, run: () => Promise<void>, missing?: () => string | undefined): void =>
    daemon.test(title, { timeoutMs: 60_000, ...(missing && { missing }) }, run);
  const name = (suffix: string): string => site.name(`-${suffix}`);
  /** A folder for each test: the daemons remember an index for an hour. */
  const add = (more: Partial<Parameters<StreamsSite["add"]>[1]> = {}): StreamedImage =>
    streams.add(name("tree"), { alias, properties: { run: site.name() }, ...more });
  const source = (more: object = { alias }): object => ({
    ...{ server: streams.url(name("tree")), protocol: "simplestreams", certificate: streams.certificate },
    ...more,
  });
  /** Properties of pulled images are the list's, so this is how the clean-up finds them. */
  const said = (more: object = {}, args: object = {}): Record<string, unknown> => ({
    source: source({ alias, ...more }),
    properties: { run: site.name() },
    ...args,
  });

  beforeAll(() => streams.start());
  afterAll(() => streams.stop());
  beforeEach(() => {
    image = site.resource();
    alias = name("tiny");
  });

  const types = ["container", "virtual-machine"] as const;
  for (const type of types) {
    test(`is pulled as a ${type}`, async () => {
      const { fingerprint, sizeBytes } = add({ type });
      expect((await image.check(said({ type }))).inputs).not.toHaveProperty("fingerprint");
      await image.up(said({ type }));
      expect(image.id).toBe(`default/${fingerprint}`);
      const wire = await site.image(fingerprint);
      expect(wire).toMatchObject({ type, size: sizeBytes, architecture: "x86_64", aliases: [], cached: false });
      expect(wire.properties).toMatchObject({ os: "Tiny", serial: "20260102_0304" });
      expect(await image.up(said({ type }))).toBe("same");
      await image.destroy();
      expect(await site.find(fingerprint)).toBeUndefined();
    });

    test(`is relayed as a ${type}, which the daemon need not reach`, async () => {
      const { fingerprint, sizeBytes } = add({ type });
      const args = said({ type, relay: true });
      expect((await image.check(args)).inputs["fingerprint"]).toBe(fingerprint);
      await image.up(args);
      const wire = await site.image(fingerprint);
      expect(wire).toMatchObject({ type, size: sizeBytes, architecture: "x86_64", aliases: [] });
      expect(wire.properties).toMatchObject({ run: site.name() });
      expect(Object.values(wire.properties)).toContain(image.urn);
      // Nobody is asked again.
      const asked = streams.requests.length;
      expect(await image.up(args)).toBe("same");
      expect(await image.refresh()).toBe(true);
      expect(await image.up(args)).toBe("same");
      expect(streams.requests).toHaveLength(asked);
      await image.destroy();
      expect(await site.find(fingerprint)).toBeUndefined();
    });
  }

  test("is relayed as one tarball", async () => {
    const { fingerprint } = add({ isUnified: true });
    await image.up(said({ relay: true }));
    expect(await site.image(fingerprint)).toMatchObject({ type: "container" });
  });

  test("and wanted by many at once is relayed once, and goes with the last", async () => {
    const { fingerprint } = add();
    const many = Array.from({ length: 5 }, (_, i) => {
      const resource = site.resource(`-${i}`);
      return Object.assign(resource, { urn: resource.urn.replace("urn:pulumi:test", `urn:pulumi:s${i % 2}`) });
    });
    await Promise.all(many.map((each) => each.up(said({ relay: true }))));
    expect(streams.requests.filter((each) => each.includes(`${name("tree")}/files`))).toHaveLength(2);
    for (const each of many.slice(0, -1)) await each.destroy();
    expect(await site.find(fingerprint)).toBeDefined();
    await many.at(-1)?.destroy();
    expect(await site.find(fingerprint)).toBeUndefined();
  });

  test("and pulled by two stacks keeps the settings of the first", async () => {
    const { fingerprint } = add();
    const of = (stack: string): StackResource => new StackResource("Image", site.name(), daemon.socket, { stack });
    const [dev, prod] = [of("dev"), of("prod")];
    await dev.up(said({}, { properties: { run: site.name(), team: "a" }, public: true }));
    const before = await site.image(fingerprint);
    const other = said({}, { properties: { run: site.name(), team: "b" }, public: true });
    await expect(prod.up(other)).rejects.toThrow(/shared with urn:pulumi:dev[^ ]*, which sets properties\["team"\]/);
    expect(await site.image(fingerprint)).toEqual(before);
    await prod.up(said({}, { properties: { run: site.name(), tier: "1" }, public: true }));
    const { properties } = await site.image(fingerprint);
    expect(properties).toMatchObject({ team: "a", tier: "1" });
    await dev.destroy();
    expect((await site.image(fingerprint)).properties).not.toHaveProperty("team");
    await prod.destroy();
    expect(await site.find(fingerprint)).toBeUndefined();
  });

  test("that is not what its list says is not taken", async () => {
    const { fingerprint } = add();
    for (const [path, bytes] of streams.files) {
      if (path.startsWith(`${name("tree")}/files`)) streams.files.set(path, Buffer.from(bytes).fill(1, 20, 30));
    }
    await expect(image.up(said({ relay: true }))).rejects.toThrow(/content-mismatch/);
    expect(image.id).toBeUndefined();
    expect(await site.find(fingerprint)).toBeUndefined();
    expect(await site.fingerprints()).not.toContain(fingerprint);
  });

  test("has the aliases that it has there, which are kept when they are taken away by hand", async () => {
    const { fingerprint } = add();
    const args = said({ relay: true, copyAliases: true }, { aliases: [{ name: name("own"), description: "ours" }] });
    const names = ["own", "tiny", "tiny/amd64", "tiny/default", "tiny/default/amd64"].map(name);
    const shown = (await image.check(args)).inputs["aliases"] as { name: string }[];
    expect(shown.map((each) => each.name).sort()).toEqual(names);
    await image.up(args);
    const aliases = async (): Promise<string[]> =>
      (await site.image(fingerprint)).aliases.map((each) => each.name).sort();
    expect(await aliases()).toEqual(names);
    expect(await image.up(args)).toBe("same");
    await site.remove(`/1.0/images/aliases/${encodeURIComponent(name("tiny/amd64"))}`);
    expect(await image.refresh()).toBe(true);
    expect(await image.up(args)).toBe("updated");
    expect(await aliases()).toEqual(names);
    expect(await image.up(said({ relay: true }))).toBe("updated");
    expect(await aliases()).toEqual([]);
    expect(await image.up(args)).toBe("updated");
    expect(await aliases()).toEqual(names);
  });

  test("shares copied aliases with others who have it, and leaves them while they do", async () => {
    const { fingerprint } = add();
    const second = site.resource("-second");
    const args = said({ relay: true, copyAliases: true });
    await image.up(args);
    await second.up(args);
    await image.destroy();
    expect((await site.image(fingerprint)).aliases).toHaveLength(4);
    expect(await second.up(args)).toBe("same");
    await second.destroy();
    expect(await site.find(fingerprint)).toBeUndefined();
  });

  test("is told in the preview where an alias to be copied is somebody else's, or the image is not there", async () => {
    add();
    const other = await site.upload(site.content("-other"));
    await site.point(alias, other);
    const failures = await image.failures(said({ relay: true, copyAliases: true }));
    expect(failures).toMatchObject([
      { property: "source.copyAliases", reason: expect.stringContaining(alias) as string },
    ]);
    const [missing] = await image.failures(said({ relay: true, alias: name("tyni") }));
    expect(missing).toMatchObject({ property: "source.server" });
    expect(missing?.reason).toMatch(/none with alias[^]*Did you mean/);
  });

  test("is pulled with the aliases that it has there", async () => {
    const { fingerprint } = add();
    await image.up(said({ copyAliases: true }));
    expect((await site.image(fingerprint)).aliases).toHaveLength(4);
    expect(await image.up(said({ copyAliases: true }))).toBe("same");
  });

  test("that is only in the form of the other product is refused in the preview, and can be relayed", async () => {
    const other = daemon.product === "lxd" ? "incus" : "lxd";
    const { fingerprint } = add({ only: other });
    const machine = { name: name("vm"), type: "container", rootDisk: { pool: "default" }, running: false };
    for (const [args, property] of [
      [{ alias }, "source.alias"],
      [{ alias: undefined, fingerprint }, "source.fingerprint"],
    ] as const) {
      const failures = await image.failures(said(args));
      expect(failures).toMatchObject([{ property }]);
      expect(failures[0]?.reason).toMatch(/only in the form for (LXD|Incus), which .* does not pull; set relay: true/);
      const instance = new StackResource("Instance", name("vm"), daemon.socket);
      const refused = await instance.failures({ ...machine, source: source(args) });
      expect(refused).toMatchObject([{ property }]);
      expect(refused[0]?.reason).toMatch(/create an Image of it with relay: true/);
    }
    // The daemon itself: what the preview says is true.
    const pulled = { type: "image", mode: "pull", ...source({ alias }) };
    const outcome = await daemon.settle(daemon.raw.post("/1.0/images", { source: pulled }));
    expect(outcome).toMatchObject({ ok: false });
    await image.up(said({ relay: true }));
    expect(await site.image(fingerprint)).toMatchObject({ type: "container" });
  });

  test("that is not there is told in the preview, for an image and for an instance", async () => {
    add();
    const [failure] = await image.failures(said({ alias: name("tyni") }));
    expect(failure).toMatchObject({ property: "source.alias" });
    expect(failure?.reason).toContain(`did you mean "${alias}"?`);
    const [gone] = await image.failures(said({ alias: undefined, fingerprint: "a".repeat(64) }));
    expect(gone).toMatchObject({ property: "source.fingerprint" });
    expect(gone?.reason).toMatch(/no image with this fingerprint/);
    const instance = new StackResource("Instance", name("vm"), daemon.socket);
    const machine = { type: "virtual-machine", rootDisk: { pool: "default" }, source: source({ alias }) };
    expect((await instance.failures(machine))[0]?.reason).toMatch(/no image of type "virtual-machine" with the alias/);
  });

  test("on a server that only the daemon reaches passes the preview", async () => {
    const unreachable = { server: "https://127.0.0.1:9", protocol: "simplestreams", alias };
    expect(await image.failures({ source: unreachable })).toEqual([]);
  });

  for (const isUnified of [false, true]) {
    const form = isUnified ? "tarball" : "split image";
    test(`has the properties that a lookup told before, as a ${form}`, async () => {
      const product = { version: "1.0", release_title: "", support_eol: "2030-01-02" };
      const { fingerprint } = add({ isUnified, product, label: "daily" });
      const { server, protocol, certificate } = source() as Record<string, unknown>;
      const told = await lookupImage({ server, protocol, certificate, alias }, () => undefined);
      await image.up({ source: source({ alias }) });
      const { properties, architecture, type, expires_at: end } = await site.image(fingerprint);
      const own = Object.entries(properties).filter(([key]) => !key.startsWith("user.pulumi."));
      expect(told.properties).toEqual(Object.fromEntries(own));
      expect(told).toMatchObject({ architecture, type, fingerprint });
      expect(Date.parse(told.expiresAt)).toBe(Date.parse(String(end)));
      await image.destroy();
    });
  }
});
