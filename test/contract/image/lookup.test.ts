// Looking for images: on the stack's daemon, on a server of the daemons' protocol, on a simplestreams server.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookupImage, lookupImages } from "../../../provider/functions";
import { ImageServer } from "./image-server";
import { describeImages, sha256 } from "./site";
import { StreamsSite } from "./streams-site";
import { tinyImage } from "../harness";

const none = (): undefined => undefined;

describeImages("lookup on the daemon", (site) => {
  const get = (key: string): string | undefined => (key === "lxd:socket" ? site.daemon.socket : undefined);
  const name = (suffix: string): string => site.name(`-${suffix}`);

  it("finds an image by alias, by digits and by properties, with all that is known of it", async () => {
    await site.upload(site.bytes);
    await site.point(name("a/b"), sha256(site.bytes));
    const expected = {
      fingerprint: sha256(site.bytes),
      type: "container",
      architecture: "x86_64",
      aliases: [{ name: name("a/b"), description: "by hand" }],
      properties: { os: "tiny", run: site.name() },
      public: false,
      sizeBytes: site.bytes.length,
      createdAt: "2020-09-13T12:26:40Z",
    };
    expect(await lookupImage({ alias: name("a/b") }, get)).toMatchObject(expected);
    expect(await lookupImage({ fingerprint: sha256(site.bytes).slice(0, 12) }, get)).toMatchObject(expected);
    expect(await lookupImage({ filter: { run: site.name(), os: "tiny" } }, get)).toMatchObject(expected);
    expect(await lookupImages({ filter: { run: site.name() }, type: "virtual-machine" }, get)).toEqual([]);
    const part = { run: site.name().toUpperCase().slice(1), os: "in" };
    expect(await lookupImage({ contains: part }, get)).toMatchObject({
      ...expected,
      ...{ cached: false, autoUpdate: false, profiles: ["default"], lastUsedAt: "" },
    });
    expect(await lookupImages({ contains: { ...part, os: "inu" } }, get)).toEqual([]);
  });

  it("gives the newest of several, and all in order", async () => {
    const made = [1_700_000_000, 1_800_000_000, 1_600_000_000].map((seconds) => {
      const properties = `properties:\n  run: ${site.name()}`;
      return tinyImage({ metadata: `architecture: x86_64\ncreation_date: ${seconds}\n${properties}\n` });
    });
    for (const bytes of made) await site.upload(bytes);
    const [middle = "", newest = "", oldest = ""] = made.map(sha256);
    const query = { filter: { run: site.name() } };
    expect(await lookupImage(query, get)).toMatchObject({ fingerprint: newest });
    expect((await lookupImages(query, get)).map((each) => each.fingerprint)).toEqual([newest, middle, oldest]);
  });

  it("looks in the project that is asked for", async () => {
    const project = await site.project("p");
    await site.upload(site.bytes);
    expect(await lookupImages({ filter: { run: site.name() }, project }, get)).toEqual([]);
    await expect(lookupImages({ project: name("absent") }, get)).rejects.toThrow(/look for images on .*not found/i);
  });

  it("says what is not there, and what was probably meant", async () => {
    await site.upload(site.bytes);
    await site.point(name("debian"), sha256(site.bytes));
    await expect(lookupImage({ alias: name("debain") }, get)).rejects.toThrow(
      `none with alias "${name("debain")}" [not-found]\nDid you mean "${name("debian")}"?`,
    );
  });
});

describe("lookup as it is written", () => {
  it.each([
    [{ sever: "https://x" }, /sever: unknown property[^]*did you mean "server"/],
    [{ server: "https://x" }, /protocol: is required/],
    [{ protocol: "incus", certificate: "x" }, /certificate: must be the text of a PEM/],
    [{ alias: "a", fingerprint: "0".repeat(64) }, /at most one of alias, fingerprint/],
    [{ fingerprint: "xyz" }, /12 to 64 hexadecimal digits/],
    [{ server: "https://x", protocol: "simplestreams", project: "p" }, /a simplestreams server has none/],
    [{ server: "https://x", protocol: "incus", remote: { socket: "/x" } }, /one of server, remote/],
  ])("%o is refused", async (query, reason) => {
    await expect(lookupImage(query, none)).rejects.toThrow(reason);
  });
});

describe.skipIf(ImageServer.missing() !== undefined)("lookup on another Incus", () => {
  let server: ImageServer;
  const mark = `lookup-${Date.now()}`;
  const [open, secret] = ["open", "secret"].map((kind) => tinyImage({ properties: { kind, mark } })) as [
    Buffer,
    Buffer,
  ];
  beforeAll(async () => {
    server = await ImageServer.start();
    await server.put(open, `${mark}-open`);
    await server.put(secret, `${mark}-secret`, { isPublic: false });
  });
  afterAll(async () => {
    for (const bytes of [open, secret]) await server.remove(sha256(bytes));
  });
  const query = (): Record<string, unknown> => ({
    ...{ server: server.url, protocol: "incus", certificate: server.certificate },
    filter: { mark },
  });

  it("finds what is public", async () => {
    const found = await lookupImages(query(), none);
    expect(found).toMatchObject([{ fingerprint: sha256(open), public: true, aliases: [{ name: `${mark}-open` }] }]);
  });

  it("believes no other certificate", async () => {
    await expect(lookupImages({ ...query(), certificate: undefined }, none)).rejects.toThrow(/is not trusted/);
  });
});

describe("lookup on a simplestreams server", () => {
  const streams = new StreamsSite();
  beforeAll(() => streams.start());
  afterAll(() => streams.stop());
  const at = (folder: string): Record<string, unknown> => ({
    ...{ server: `${streams.url(folder)}/`, protocol: "simplestreams", certificate: streams.certificate },
  });

  it("finds the newest version by alias, older ones by their fingerprint", async () => {
    const old = streams.add("a", { alias: "tiny/1", version: "20250102_0304", properties: { v: "1" } });
    const fresh = streams.add("a", { alias: "tiny/1", version: "20260102_03:04", properties: { v: "2" } });
    const found = await lookupImage({ ...at("a"), alias: "tiny/1/amd64" }, none);
    expect(found).toMatchObject({
      ...fresh,
      type: "container",
      architecture: "x86_64",
      public: true,
      createdAt: "2026-01-02T03:04:00Z",
      properties: { os: "Tiny", release: "one", serial: "20260102_03:04", "requirements.secureboot": "false" },
    });
    expect(found.properties["description"]).toBe("Tiny One amd64 (20260102_03:04)");
    const before = await lookupImage({ ...at("a"), fingerprint: old.fingerprint }, none);
    expect(before).toMatchObject({ fingerprint: old.fingerprint, aliases: [] });
    expect(await lookupImages({ ...at("a"), filter: { os: "Tiny" } }, none)).toHaveLength(2);
  });

  it("tells containers from machines, unified from split, and one architecture from another", async () => {
    const container = streams.add("b", { alias: "t", properties: { v: "1" } });
    const machine = streams.add("b", { alias: "t", type: "virtual-machine", properties: { v: "1" } });
    const unified = streams.add("b", { alias: "u", isUnified: true, properties: { v: "1" } });
    streams.add("b", { alias: "t", arch: "arm64", properties: { v: "2" } });
    const [x, both] = [{ architecture: "x86_64" }, { ...at("b"), alias: "t" }];
    expect((await lookupImage({ ...both, ...x }, none)).fingerprint).toBe(container.fingerprint);
    const found = await lookupImage({ ...both, ...x, type: "virtual-machine" }, none);
    expect(found.fingerprint).toBe(machine.fingerprint);
    expect((await lookupImage({ ...at("b"), alias: "u" }, none)).fingerprint).toBe(unified.fingerprint);
    await expect(lookupImage(both, none)).rejects.toThrow(/several architectures[^]*`architecture`/);
  });

  it("says what is not there, without the certificate that the query has", async () => {
    streams.add("c", { alias: "tiny/1" });
    const error = await lookupImage({ ...at("c"), alias: "tiny/2", type: "container" }, none).catch(String);
    expect(error).toMatch(/has none with alias "tiny\/2", type "container" \[not-found\]\nDid you mean "tiny\/1"\?/);
    expect(error).not.toMatch(/CERTIFICATE|protocol|server "/);
  });

  it("says when there is no such server, no such list, or no trust", async () => {
    await expect(lookupImages(at("nowhere"), none)).rejects.toThrow(/look for images on https[^]*no such file/);
    streams.files.set("odd/streams/v1/index.json", Buffer.from("<html>"));
    await expect(lookupImages(at("odd"), none)).rejects.toThrow(/is not a simplestreams file/);
    await expect(lookupImages({ ...at("b"), certificate: undefined }, none)).rejects.toThrow(/certificate/);
  });
});
