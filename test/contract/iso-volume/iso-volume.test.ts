// ISO volumes as resources: made by import, replaced by content, taken over after a kill, imported, let go, deleted.
import { mkdtemp, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { at, describeEachDaemon, type TestDaemon, tinyIso, writeTinyIso } from "../harness";
import { StackResource, unknown } from "../harness/stack";

const iso = { needs: ["custom_volume_iso"] };
const custom = "/1.0/storage-pools/default/volumes/custom";

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

describeEachDaemon("ISO volume", (daemon: TestDaemon) => {
  let dir = "";
  let count = 0;
  let file = "";
  let volume: StackResource;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-iso-"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));
  beforeEach(async () => {
    volume = new StackResource("IsoVolume", daemon.name(`v${++count}`), daemon.socket);
    file = await writeTinyIso(join(dir, `${count}.iso`), { marker: `content of ${daemon.prefix}${count}` });
  });

  const onDaemon = async (name: string): Promise<unknown> => {
    const { status, body } = await daemon.raw.get(`${custom}/${name}`);
    return status === 404 ? undefined : body.metadata;
  };
  const names = async (): Promise<string[]> => {
    const { body } = await daemon.raw.get(custom);
    return (body.metadata as string[])
      .map((url) => url.split("/").at(-1) ?? "")
      .filter((n) => n.startsWith(daemon.prefix));
  };
  const nameOf = (resource: StackResource): string => String(resource.outputs["name"]);
  const args = (more: object = {}): Record<string, unknown> => ({ pool: "default", source: { file }, ...more });

  daemon.test("is made with a name from its content, of exactly its size", iso, async () => {
    const bytes = tinyIso({ marker: `content of ${daemon.prefix}${count}` });
    expect(await volume.up(args({ description: "the installer" }))).toBe("created");
    const name = `${volume.name}-${sha256(bytes).slice(0, 8)}`;
    expect(volume.id).toBe(`default/default/${name}`);
    expect(volume.outputs).toMatchObject({ name, digest: `sha256:${sha256(bytes)}`, sizeBytes: bytes.length });
    expect(await onDaemon(name)).toMatchObject({
      content_type: "iso",
      description: "the installer",
      config: { size: String(bytes.length) },
    });
  });

  daemon.test("does nothing the second time, nor after a refresh", iso, async () => {
    await volume.up(args());
    const before = await onDaemon(nameOf(volume));
    expect(await volume.up(args())).toBe("same");
    const outputs = { ...volume.outputs };
    expect(await volume.refresh()).toBe(true);
    expect(volume.outputs).toEqual(outputs);
    expect(await volume.up(args())).toBe("same");
    expect(await onDaemon(nameOf(volume))).toEqual(before);
  });

  daemon.test("with new content at the same path is a new volume, made before the old one goes", iso, async () => {
    await volume.up(args());
    const old = nameOf(volume);
    await writeTinyIso(file, { marker: "other content" });
    const preview = await volume.preview(args());
    expect(preview).toMatchObject({ changes: true, deleteBeforeReplace: false });
    expect(preview.replaces).toEqual(expect.arrayContaining(["digest", "name"]));
    expect(await onDaemon(old)).toBeDefined();
    expect(await volume.up(args())).toBe("replaced");
    expect(nameOf(volume)).not.toBe(old);
    expect(await onDaemon(old)).toBeUndefined();
    expect(await onDaemon(nameOf(volume))).toBeDefined();
  });

  daemon.test("with a fixed name is deleted before its successor is made", iso, async () => {
    const name = daemon.name("fixed");
    await volume.up(args({ name }));
    const made = at(await onDaemon(name), "created_at");
    await writeTinyIso(file, { marker: "other content for a fixed name" });
    expect(await volume.preview(args({ name }))).toMatchObject({ replaces: ["digest"], deleteBeforeReplace: true });
    expect(await volume.up(args({ name }))).toBe("replaced");
    expect(at(await onDaemon(name), "created_at")).not.toBe(made);
  });

  daemon.test(
    "changes its description in place, and puts it right when somebody else has changed it",
    iso,
    async () => {
      await volume.up(args({ description: "first" }));
      expect(await volume.up(args({ description: "second" }))).toBe("updated");
      expect(await onDaemon(nameOf(volume))).toMatchObject({ description: "second" });
      const { body } = await daemon.raw.get(`${custom}/${nameOf(volume)}`);
      const config = at(body.metadata, "config");
      await daemon.settle(daemon.raw.put(`${custom}/${nameOf(volume)}`, { description: "by hand", config }));
      await volume.refresh();
      expect(volume.outputs["description"]).toBe("by hand");
      expect(await volume.up(args({ description: "second" }))).toBe("updated");
      expect(await onDaemon(nameOf(volume))).toMatchObject({ description: "second" });
    },
  );

  daemon.test("is made again when somebody has deleted it", iso, async () => {
    await volume.up(args());
    const name = nameOf(volume);
    await daemon.settle(daemon.raw.delete(`${custom}/${name}`));
    expect(await volume.refresh()).toBe(false);
    expect(await volume.up(args())).toBe("created");
    expect(await onDaemon(name)).toBeDefined();
  });

  daemon.test("is replaced when somebody has put another volume in its place", iso, async () => {
    await volume.up(args());
    const name = nameOf(volume);
    await daemon.settle(daemon.raw.delete(`${custom}/${name}`));
    const headers = {
      "Content-Type": "application/octet-stream",
      [daemon.header("name")]: name,
      [daemon.header("type")]: "iso",
    };
    await daemon.settle(daemon.raw.post(custom, tinyIso({ marker: "a stranger's" }), headers));
    const stranger = at(await onDaemon(name), "created_at");
    await volume.refresh();
    expect(await volume.up(args())).toBe("replaced");
    const volumes = await Promise.all((await names()).filter((n) => n.startsWith(volume.name)).map(onDaemon));
    expect(volumes.map((v) => at(v, "created_at"))).not.toContain(stranger);
    expect(volumes).toHaveLength(1);
  });

  daemon.test("of a killed run is taken over; it is not sent again", iso, async () => {
    await volume.up(args());
    const made = at(await onDaemon(nameOf(volume)), "created_at");
    const again = new StackResource("IsoVolume", volume.name, daemon.socket);
    expect(await again.up(args())).toBe("created");
    expect(at(await onDaemon(nameOf(again)), "created_at")).toBe(made);
  });

  daemon.test("does not take over what has the wrong size, nor a fixed name that is taken", iso, async () => {
    const fixed = new StackResource("IsoVolume", daemon.name("other"), daemon.socket);
    await fixed.up(args({ name: daemon.name("taken") }));
    const failures = await volume.failures(args({ name: daemon.name("taken") }));
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatchObject({ property: "name" });
    expect(failures[0]?.reason).toMatch(
      /already, with \d+ bytes \[already-exists\]\nPass \{ import: "default\/default\//,
    );
    const { inputs } = await volume.check(args());
    const headers = {
      "Content-Type": "application/octet-stream",
      [daemon.header("name")]: String(inputs["name"]),
      [daemon.header("type")]: "iso",
    };
    await daemon.settle(daemon.raw.post(custom, Buffer.alloc(4096, "x"), headers));
    await expect(volume.create(inputs)).rejects.toThrow(/already-exists/);
    expect(await onDaemon(String(inputs["name"]))).toMatchObject({ config: { size: "4096" } });
  });

  daemon.test("keeps its name when the resource is renamed", iso, async () => {
    await volume.up(args());
    const renamed = new StackResource("IsoVolume", daemon.name("renamed"), daemon.socket);
    Object.assign(renamed, { id: volume.id, inputs: volume.inputs, outputs: volume.outputs });
    expect(await renamed.up(args())).toBe("same");
  });

  daemon.test("leaves nothing when the file changes while it is sent", iso, async () => {
    const { inputs } = await volume.check(args());
    await truncate(file, 40 * 2048);
    await expect(volume.create(inputs)).rejects.toThrow(/content-mismatch/);
    expect(await onDaemon(String(inputs["name"]))).toBeUndefined();
    expect(volume.id).toBeUndefined();
  });

  daemon.test("is recognised by its bytes, not by its times or its path", iso, async () => {
    await volume.up(args());
    await utimes(file, new Date(0), new Date(0));
    expect(await volume.up(args())).toBe("same");
    const copy = await writeTinyIso(join(dir, "copy.iso"), { marker: `content of ${daemon.prefix}${count}` });
    expect(await volume.up(args({ source: { file: copy } }))).toBe("same");
  });

  daemon.test("tells all that is wrong at once, each with its path", iso, async () => {
    const notIso = join(dir, "not.iso");
    await writeFile(notIso, "x".repeat(100_000));
    const failures = await volume.failures({ pool: "defualt", naem: "x", description: 5, source: { file: notIso } });
    const told = Object.fromEntries(failures.map(({ property, reason }) => [property, reason]));
    expect(Object.keys(told).sort()).toEqual(["description", "naem", "pool", "source.file"]);
    expect(told["naem"]).toContain('did you mean "name"?');
    expect(told["pool"]).toContain('did you mean "default"?');
    expect(told["source.file"]).toContain("is no ISO 9660 or UDF image");
    expect(told["description"]).toContain("must be a string");
  });

  daemon.test("takes any bytes if the program insists", iso, async () => {
    const bytes = join(dir, "bytes.bin");
    await writeFile(bytes, Buffer.alloc(10_000, daemon.prefix));
    expect(await volume.failures(args({ source: { file: bytes } }))).toHaveLength(1);
    expect(await volume.up(args({ source: { file: bytes }, allowAnyContent: true }))).toBe("created");
    expect(await onDaemon(nameOf(volume))).toMatchObject({ config: { size: "10000" } });
  });

  daemon.test("lets unknown values pass", iso, async () => {
    for (const unknowns of [{ pool: unknown }, { name: unknown }, { source: unknown }, { source: { file: unknown } }]) {
      const { inputs, failures } = await volume.check(args({ ...unknowns, description: unknown, project: unknown }));
      expect(failures).toEqual([]);
      expect(inputs).toMatchObject(unknowns);
    }
  });

  daemon.test(
    "says that the server is too old",
    {
      missing: () =>
        daemon.has("custom_volume_iso")
          ? "this server has ISO volumes, so it cannot show how one without them is told"
          : undefined,
    },
    async () => {
      const failures = await volume.failures(args());
      expect(failures.map((failure) => failure.reason).join()).toMatch(
        /has no ISO volumes \(API extension custom_volume_iso\)/,
      );
    },
  );
});
