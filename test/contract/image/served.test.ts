// Images of another daemon that are not for everybody, or that the daemon under test cannot reach.
import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";

import { Image } from "../../../provider";
import { selfSigned } from "../../unit/content/url/certificate";
import { tinySplitImage } from "../harness";
import { type StackResource } from "../harness/stack";
import { ImageServer } from "./image-server";
import { describeImages, sha256 } from "./site";

const noServer = (): string | undefined => ImageServer.missing();

describeImages("image of another daemon", (site) => {
  const { daemon } = site;
  const { cert, key } = selfSigned();
  let server: ImageServer;
  let image: StackResource;
  let alias = "";
  let distrust = (): Promise<void> => Promise.resolve();
  const served: string[] = [];

  const test = (title: string, run: () => Promise<void>, missing = noServer): void =>
    daemon.test(title, { missing, timeoutMs: 60_000 }, run);
  const name = (suffix: string): string => site.name(`-${suffix}`);
  const source = (more: object = {}): object => ({
    ...{ server: server.url, protocol: "incus", certificate: server.certificate, alias },
    ...more,
  });
  /** A provider whose stack has the client's certificate in its config. */
  const trusted = async (resource: StackResource): Promise<StackResource> => {
    const config: Record<string, string> = { "lxd:clientCertificate": cert, "lxd:clientKey": key };
    const provider = Image();
    await provider.configure({ config: { get: (each) => config[each] } });
    resource.useProvider(provider);
    return resource;
  };

  beforeAll(async () => {
    if (ImageServer.missing() !== undefined) return;
    server = await ImageServer.start();
    distrust = await server.trust(new X509Certificate(cert), daemon.name("client"));
  });
  afterAll(async () => {
    for (const fingerprint of served) await server.remove(fingerprint);
    await distrust();
  });
  beforeEach(() => {
    image = site.resource();
    alias = name("served");
  });
  const serve = async (isPublic = true): Promise<string> => {
    await server.put(site.bytes, alias, { isPublic });
    served.push(sha256(site.bytes));
    return sha256(site.bytes);
  };

  test("is relayed as one tarball", async () => {
    const fingerprint = await serve();
    expect((await image.check({ source: source({ relay: true }) })).inputs["fingerprint"]).toBe(fingerprint);
    await image.up({ source: source({ relay: true, copyAliases: true }) });
    expect(await site.image()).toMatchObject({ fingerprint, aliases: [{ name: alias }], cached: false });
    await image.destroy();
    expect(await site.find()).toBeUndefined();
  });

  for (const type of ["container", "virtual-machine"] as const) {
    test(`is relayed as a ${type} in two files`, async () => {
      const { metadata, rootfs } = tinySplitImage({ type, properties: { run: site.name() } });
      const fingerprint = await server.putSplit({ metadata, rootfs, type }, alias);
      served.push(fingerprint);
      expect(fingerprint).toBe(sha256(Buffer.concat([metadata, rootfs])));
      await image.up({ source: source({ relay: true }) });
      expect(await site.image(fingerprint)).toMatchObject({ type, size: metadata.length + rootfs.length });
    });
  }

  test("is not relayed to those whom the server does not trust, if it is private", async () => {
    await serve(false);
    const [failure] = await image.failures({ source: source({ relay: true }) });
    expect(failure?.reason).toMatch(/none with alias/);
  });

  test("is relayed to those whom it trusts", async () => {
    const fingerprint = await serve(false);
    await (await trusted(image)).upHere({ source: source({ relay: true }) });
    expect(await site.image()).toMatchObject({ fingerprint, public: false });
  });

  test("is pulled by the daemon with a secret for those whom the server trusts", async () => {
    const fingerprint = await serve(false);
    const args = { source: source({ private: true }) };
    expect((await image.failures(args))[0]?.reason).toMatch(/none with alias/);
    await trusted(image);
    expect((await image.check(args)).inputs["fingerprint"]).toBe(fingerprint);
    await image.upHere(args);
    expect(await site.image()).toMatchObject({ fingerprint, cached: false });
    // From then on the server is not asked any more: a provider that it does not trust will do.
    expect(await image.up(args)).toBe("same");
    await image.destroy();
    expect(await site.find()).toBeUndefined();
  });

  test("is not followed if it is private or relayed", async () => {
    await serve();
    for (const how of [{ private: true }, { relay: true }]) {
      const failures = await image.failures({ source: source(how), autoUpdate: true });
      expect(failures).toContainEqual({
        property: "autoUpdate",
        reason: expect.stringContaining("cannot follow") as string,
      });
    }
  });
});
