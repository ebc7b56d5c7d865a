// Images that exist already: imported after a comparison with the program, and read by their ID.
import { writeFile } from "node:fs/promises";
import { beforeEach, expect, it } from "vitest";

import { type StackResource } from "../harness/stack";
import { describeImages, sha256 } from "./site";

describeImages("existing image", (site) => {
  let image: StackResource;
  beforeEach(async () => {
    image = site.resource();
    await site.upload(site.bytes);
    await site.point(name("a/b"), sha256(site.bytes));
    await site.put({ public: true, properties: { run: site.name(), one: "1" }, profiles: [] });
  });
  const name = (suffix: string): string => site.name(`-${suffix}`);
  const byFingerprint = (): string => `default/${sha256(site.bytes)}`;
  const said = (more: object = {}): Record<string, unknown> => ({
    public: true,
    aliases: [{ name: name("a/b"), description: "by hand" }],
    __import: byFingerprint(),
    ...more,
  });

  it.each([
    ["its fingerprint", byFingerprint],
    ["the beginning of it", () => byFingerprint().slice(0, "default/".length + 12)],
    ["an alias", () => `default/${name("a/b")}`],
  ])("is imported by %s as it is, and not replaced afterwards", async (_what, importId) => {
    const before = await site.image();
    const args = said({ properties: { one: 1 }, __import: importId() });
    expect((await image.check(args)).inputs["fingerprint"]).toBe(sha256(site.bytes));
    expect(await image.up(args)).toBe("created");
    expect(image.id).toBe(byFingerprint());
    expect(await image.up(args)).toBe("same");
    expect(await image.refresh()).toBe(true);
    expect(await image.up({ ...args, __import: undefined })).toBe("same");
    const ofUrn = sha256(Buffer.from(image.urn)).slice(0, 8);
    const lists = { aliases: encodeURIComponent(name("a/b")), settings: expect.any(String) as string };
    const whose = {
      "user.pulumi.owner": image.urn,
      [`user.pulumi.aliases.${ofUrn}`]: lists.aliases,
      [`user.pulumi.settings.${ofUrn}`]: lists.settings,
    };
    expect(await site.image()).toEqual({ ...before, properties: { ...before.properties, ...whose } });
    // Saying where it has come from is no reason to bring it anew.
    const sources = [{ file: site.file }, { server: "https://x", protocol: "incus", alias: "a" }];
    for (const source of sources) expect(await image.preview({ ...args, source })).toMatchObject({ replaces: [] });
    expect(await image.up({ ...args, properties: { one: "2" } })).toBe("updated");
    expect((await site.image()).properties).toMatchObject({ one: "2", "user.pulumi.owner": image.urn });
    await image.destroy();
    expect(await site.find()).toBeUndefined();
  });

  it("is imported with the source that it has come from, and is replaced by other content", async () => {
    const args = said(site.args());
    expect(await image.up(args)).toBe("created");
    const old = sha256(site.bytes);
    expect((await site.image()).properties["user.pulumi.owner"]).toBe(image.urn);
    await writeFile(site.file, site.content("-new"));
    expect(await image.up(args)).toBe("replaced");
    expect(await site.find(old)).toBeUndefined();
    expect(await site.target(name("a/b"))).toBe(sha256(site.content("-new")));
  });

  it("is refused with every difference, and not touched", async () => {
    const before = await site.image();
    await writeFile(site.file, site.content("-other"));
    const failures = await image.failures(
      said({
        ...site.args(),
        public: false,
        aliases: [{ name: name("a/b"), description: "ours" }, name("absent")],
        properties: { one: "2", two: "2", three: "" },
        profiles: ["default"],
      }),
    );
    expect(failures.map(({ property }) => property).sort()).toEqual(
      [
        "aliases[0]",
        "aliases[1]",
        'properties["one"]',
        'properties["two"]',
        "profiles",
        "public",
        "source.file",
      ].sort(),
    );
    const reasons = failures.map(({ reason }) => reason).join("\n");
    expect(reasons).toContain('import: is "2" in the program and "1" on the daemon');
    expect(reasons).toContain(`"${sha256(site.content("-other"))}" in the program and "${sha256(site.bytes)}" on`);
    expect(await site.image()).toEqual(before);
  });

  it("that is not there, or in another project, is told", async () => {
    const failures = (importId: string): Promise<object[]> => image.failures(said({ __import: importId }));
    expect(await failures("absent")).toMatchObject([{ reason: expect.stringContaining('"project/alias"') as string }]);
    expect(await failures(`default/${name("absent")}`)).toMatchObject([{ property: "" }]);
    expect(await failures(`other/${name("a/b")}`)).toMatchObject([{ property: "project" }]);
    expect(await image.failures({})).toMatchObject([{ property: "source" }]);
  });

  it.each([
    ["fingerprint", byFingerprint],
    ["alias", () => `default/${name("a/b")}`],
  ])("is read by its %s alone, with all that it has", async (_what, id) => {
    image.id = id();
    image.outputs = { remote: { socket: site.daemon.socket } };
    expect(await image.refresh()).toBe(true);
    expect(image.outputs).toMatchObject({
      fingerprint: sha256(site.bytes),
      project: "default",
      aliases: [{ name: name("a/b"), description: "by hand" }],
      properties: { run: site.name(), one: "1" },
      public: true,
      autoUpdate: false,
      profiles: [],
      type: "container",
      architecture: "x86_64",
      sizeBytes: site.bytes.length,
    });
  });

  it("whose alias or digits are nobody's is not found", async () => {
    image.id = `default/${name("nope")}`;
    image.outputs = { remote: { socket: site.daemon.socket } };
    expect(await image.refresh()).toBe(false);
  });
});
