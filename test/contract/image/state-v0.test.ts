// A state of the release before states had a schema: refreshed, previewed without changes, updated and destroyed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { type StackResource } from "../harness/stack";
import { describeImages, sha256 } from "./site";

interface Recorded {
  id: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
  properties: Record<string, string>;
}

describeImages("state of an older release", (site) => {
  let image: StackResource;
  beforeEach(async () => {
    image = site.resource();
    await site.upload(site.bytes, { [site.daemon.header("filename")]: "image.tar.gz" });
    await site.daemon.raw.post("/1.0/images/aliases", { name: `${image.name}-alias`, target: sha256(site.bytes) });
    const { properties, ...state } = await recorded();
    await site.put({ properties });
    Object.assign(image, state);
  });

  /** The state of one that was made from a file, with what is this daemon's in it. */
  async function recorded(): Promise<Recorded> {
    const { body } = await site.daemon.raw.get("/1.0");
    const values: Record<string, unknown> = {
      socket: site.daemon.socket,
      server: (body.metadata as { environment: Record<string, unknown> }).environment["certificate_fingerprint"],
      name: image.name,
      file: site.file,
      fingerprint: sha256(site.bytes),
      uploadedAt: (await site.image())["uploaded_at"],
    };
    const text = readFileSync(join(__dirname, "state-v0.json"), "utf8");
    return JSON.parse(text.replaceAll(/<(\w+)>/g, (_all, key: string) => String(values[key]))) as Recorded;
  }

  const args = (more: object = {}): Record<string, unknown> =>
    site.args({ aliases: [`${image.name}-alias`], properties: { one: 1 }, ...more });

  it("is previewed without changes, refreshed, updated and destroyed", async () => {
    image.forgetProcess();
    expect(await image.preview(args())).toMatchObject({ changes: false });
    expect(await image.up(args())).toBe("same");
    expect(await image.refresh()).toBe(true);
    expect(image.outputs).toMatchObject({ __schema: expect.any(Number) as number });
    expect(await image.up(args())).toBe("same");
    expect(await image.up(args({ public: true }))).toBe("updated");
    expect(await site.image()).toMatchObject({ public: true, aliases: [{ name: `${image.name}-alias` }] });
    await image.destroy();
    expect(await site.find()).toBeUndefined();
  });

  it("is destroyed as it is", async () => {
    await image.destroy();
    expect(await site.find()).toBeUndefined();
  });

  it("is destroyed although an import has left no mark on the image", async () => {
    await site.put({ properties: { run: site.name() } });
    await image.destroy();
    expect(await site.find()).toBeUndefined();
  });

  it("does not delete what its replacement holds", async () => {
    await image.replace(args(), { fails: true });
    expect(await image.up(args())).toBe("same");
    expect(await site.find()).toBeDefined();
  });
});
