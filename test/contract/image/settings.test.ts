// What else can be said of an image: expiry, profiles, auto-update, and what is done about aliases that others have.
import { createServer } from "node:http";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { StackResource } from "../harness/stack";
import { ImageServer } from "./image-server";
import { describeImages, noUrls, sha256 } from "./site";

describeImages("image settings", (site) => {
  const { daemon } = site;
  let image: StackResource;
  beforeEach(() => {
    image = site.resource();
  });
  const name = (suffix: string): string => site.name(`-${suffix}`);

  describe("expiry and profiles", () => {
    const profile = daemon.name("profile");
    beforeAll(async () => {
      expect((await daemon.raw.post("/1.0/profiles", { name: profile })).body.type).toBe("sync");
    });
    const said = (): Record<string, unknown> =>
      site.args({ expiresAt: "2035-01-01T01:00:00+01:00", profiles: [profile], properties: { one: "1" } });

    it("are set, changed in place, and left alone when nothing is said of them", async () => {
      await image.up(said());
      const wire = await site.image();
      expect(wire).toMatchObject({ profiles: [profile] });
      expect(Date.parse(String(wire["expires_at"]))).toBe(Date.parse("2035-01-01T00:00:00Z"));
      expect(await image.up(said())).toBe("same");
      expect(await image.refresh()).toBe(true);
      expect(await image.up(said())).toBe("same");
      expect(await image.up(site.args({ expiresAt: "2036-01-01T00:00:00Z", profiles: [] }))).toBe("updated");
      expect(await site.image()).toMatchObject({ profiles: [], expires_at: "2036-01-01T00:00:00Z" });
      expect(await image.up(site.args())).toBe("same");
      expect(await site.image()).toMatchObject({ profiles: [], expires_at: "2036-01-01T00:00:00Z" });
    });

    it.each([
      ["expiry", { expires_at: "2040-01-01T00:00:00Z" }, "expiresAt"],
      ["profiles", { profiles: ["default"] }, "profiles"],
    ])("are put right when somebody changes the %s", async (_what, change, key) => {
      await image.up(said());
      const before = await site.image();
      await site.put(change);
      await image.refresh();
      expect(image.inputs[key]).not.toEqual(said()[key]);
      expect(await image.up(said())).toBe("updated");
      const { expires_at, profiles } = await site.image();
      expect({ expires_at, profiles }).toEqual({ expires_at: before["expires_at"], profiles: before["profiles"] });
    });

    it("are told when they cannot be right", async () => {
      const failures = await image.failures(site.args({ expiresAt: "tomorrow", profiles: [""], autoUpdate: true }));
      expect(failures.map(({ property }) => property).sort()).toEqual(["autoUpdate", "expiresAt", "profiles[0]"]);
    });

    it("with a profile that is deleted after the preview are a partial create, which says so", async () => {
      const { inputs } = await image.check(site.args());
      const create = image.create({ ...inputs, profiles: [daemon.name("absent")] });
      await expect(create).rejects.toThrow(/absent' doesn't exist/);
      expect(image).toMatchObject({ failed: true, id: `default/${sha256(site.bytes)}` });
      expect(await image.up(site.args({ profiles: [] }))).toBe("updated");
    });
  });

  describe("an alias that others have", () => {
    it("on another image is moved here if the program says so", async () => {
      const other = await site.upload(site.content("-other"));
      await site.point(name("a"), other);
      const args = site.args({ aliases: [name("a")] });
      expect(await image.failures({ ...args, aliasPolicy: "adopt" })).toMatchObject([{ property: "aliases[0]" }]);
      expect(await image.up({ ...args, aliasPolicy: "move" })).toBe("created");
      expect(await site.target(name("a"))).toBe(sha256(site.bytes));
      expect(await site.find(other)).toBeDefined();
      await site.remove(`/1.0/images/aliases/${name("a")}`);
      await site.point(name("a"), other);
      await image.refresh();
      expect(await image.up({ ...args, aliasPolicy: "move" })).toBe("updated");
      expect(await site.target(name("a"))).toBe(sha256(site.bytes));
    });

    it("on the same image is an error, or had together", async () => {
      await image.up(site.args({ aliases: [name("a")] }));
      const second = new StackResource("Image", site.name(), daemon.socket, { stack: "other" });
      const args = site.args({ aliases: [name("a")] });
      await expect(second.up(args)).rejects.toThrow(/this image already has the alias[^]*"adopt"/);
      expect(await second.up({ ...args, aliasPolicy: "adopt" })).toBe("created");
      expect(await second.up({ ...args, aliasPolicy: "adopt" })).toBe("same");
      expect(await image.up(args)).toBe("same");
    });
  });

  daemon.test("a URL is fetched by the daemon itself", { missing: () => noUrls(daemon) }, async () => {
    let methods = "";
    let told: unknown[] = [];
    const product = daemon.product === "incus" ? "Incus" : "LXD";
    const server = createServer((request, response) => {
      methods += `${request.method ?? ""} `;
      const prefix = `${product.toLowerCase()}-server-`;
      if (request.method === "HEAD") told = ["architectures", "version"].map((each) => request.headers[prefix + each]);
      response.setHeader(`${product}-Image-Hash`, sha256(site.bytes));
      response.setHeader(`${product}-Image-URL`, `http://${request.headers.host ?? ""}/image.tar.gz`);
      response.end(request.method === "HEAD" ? undefined : site.bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const source = { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/` };
      await image.up({ source, aliases: [name("a")] });
      expect(methods).toContain("HEAD");
      expect(told).toEqual([expect.stringMatching(/^x86_64, i686/), daemon.version]);
      expect(await site.target(name("a"))).toBe(sha256(site.bytes));
      expect(await image.up({ source, aliases: [name("a")] })).toBe("same");
      await image.destroy();
      expect(await site.find()).toBeUndefined();
    } finally {
      server.close();
    }
  });

  const needsServer = { missing: () => ImageServer.missing(), timeoutMs: 60_000 };
  daemon.test("auto-update is followed to the image that the daemon brings", needsServer, async () => {
    const server = await ImageServer.start();
    const alias = name("served");
    const newer = site.content("-newer");
    await server.put(site.bytes, alias);
    try {
      const source = { server: server.url, protocol: "incus", certificate: server.certificate, alias };
      const args = { source, autoUpdate: true, aliases: [name("a")], properties: { one: "1" } };
      await image.up(args);
      expect(await site.image()).toMatchObject({ auto_update: true });
      await site.put({ auto_update: false });
      expect(await image.refresh()).toBe(true);
      expect(image.inputs["autoUpdate"]).toBe(false);
      expect(await image.up(args)).toBe("updated");
      expect(await site.image()).toMatchObject({ auto_update: true });
      await server.move(alias, newer);
      const path = `/1.0/images/${sha256(site.bytes)}/refresh`;
      expect(await daemon.settle(daemon.raw.post(path))).toMatchObject({ ok: true, metadata: { refreshed: true } });
      expect(await site.find()).toBeUndefined();
      expect(await image.refresh()).toBe(true);
      expect(image.outputs["fingerprint"]).toBe(sha256(newer));
      expect(await image.up(args)).toBe("updated");
      expect((await site.image(sha256(newer))).properties).toMatchObject({ one: "1" });
      expect(await site.target(name("a"))).toBe(sha256(newer));
      expect(await image.up({ ...args, autoUpdate: false })).toBe("updated");
      expect(await site.image(sha256(newer))).toMatchObject({ auto_update: false });
      await image.destroy();
      expect(await site.find(sha256(newer))).toBeUndefined();
    } finally {
      for (const bytes of [site.bytes, newer]) await server.remove(sha256(bytes));
    }
  });
});
