// ISO volumes as resources: made by import, replaced by content, taken over after a kill, imported, let go, deleted.
import { mkdtemp, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { at, describeEachDaemon, type TestDaemon, tinyIso, writeTinyIso } from "../harness";
import { isoDigits } from "../harness/iso-names";
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
  /** A volume that no state knows of. */
  const upload = async (name: string, bytes: Buffer): Promise<void> => {
    const headers = {
      "Content-Type": "application/octet-stream",
      [daemon.header("name")]: name,
      [daemon.header("type")]: "iso",
    };
    await daemon.settle(daemon.raw.post(custom, bytes, headers));
  };
  const nameOf = (resource: StackResource): string => String(resource.outputs["name"]);
  const args = (more: object = {}): Record<string, unknown> => ({ pool: "default", source: { file }, ...more });

  daemon.test("is made with a name from its URN and its content, of exactly its size", iso, async () => {
    const bytes = tinyIso({ marker: `content of ${daemon.prefix}${count}` });
    expect(await volume.up(args({ description: "the installer" }))).toBe("created");
    const name = `${volume.name}-${isoDigits(volume.urn, bytes)}`;
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

  daemon.test("is made again when somebody has put another volume in its place", iso, async () => {
    await volume.up(args());
    const name = nameOf(volume);
    await daemon.settle(daemon.raw.delete(`${custom}/${name}`));
    await upload(name, tinyIso({ marker: "a stranger's" }));
    const stranger = at(await onDaemon(name), "created_at");
    expect(await volume.refresh()).toBe(false);
    expect(await volume.up(args())).toBe("created");
    const volumes = await Promise.all((await names()).filter((n) => n.startsWith(volume.name)).map(onDaemon));
    expect(volumes.map((v) => at(v, "created_at"))).not.toContain(stranger);
    expect(volumes).toHaveLength(1);
  });

  daemon.test("of a killed run is made again, since nobody knows whether all of it is there", iso, async () => {
    const { inputs } = await volume.check(args());
    const name = String(inputs["name"]);
    const bytes = tinyIso({ marker: `content of ${daemon.prefix}${count}` });
    await upload(name, Buffer.alloc(bytes.length));
    const left = at(await onDaemon(name), "created_at");
    expect(await volume.up(args())).toBe("created");
    expect(at(await onDaemon(name), "created_at")).not.toBe(left);
    await volume.destroy();
    expect(await names()).not.toContain(name);
  });

  daemon.test("of another stack with the same logical name and content is another volume", iso, async () => {
    const other = new StackResource("IsoVolume", volume.name, daemon.socket, { stack: "prod" });
    await volume.up(args());
    await other.up(args());
    const name = nameOf(other);
    expect(name).not.toBe(nameOf(volume));
    await volume.destroy();
    expect(await names()).toContain(name);
    await other.destroy();
  });

  daemon.test("with a fixed name that is taken is refused, unless it may overwrite", iso, async () => {
    const name = daemon.name("taken");
    await upload(name, Buffer.alloc(4096, "x"));
    const stranger = at(await onDaemon(name), "created_at");
    const [failure, ...more] = await volume.failures(args({ name }));
    expect(more).toEqual([]);
    expect(failure?.property).toBe("name");
    expect(failure?.reason).toMatch(/already exists, with 4096 bytes \[already-exists\]\nSet `overwrite: true`/);
    expect(await volume.up(args({ name, overwrite: true }))).toBe("created");
    expect(at(await onDaemon(name), "created_at")).not.toBe(stranger);
    expect(await volume.up(args({ name, overwrite: true }))).toBe("same");
    await volume.destroy();
    expect(await names()).not.toContain(name);
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
    expect(told["source.file"]).toContain("is plain text, not an ISO 9660 or UDF image");
    expect(told["description"]).toContain("must be a string");
  });

  daemon.test("takes any bytes if the program insists", iso, async () => {
    const bytes = join(dir, "bytes.bin");
    await writeFile(bytes, Buffer.alloc(10_000, daemon.prefix));
    expect(await volume.failures(args({ source: { file: bytes } }))).toHaveLength(1);
    expect(await volume.up(args({ source: { file: bytes }, allowAnyContent: true }))).toBe("created");
    expect(await onDaemon(nameOf(volume))).toMatchObject({ config: { size: "10000" } });
    // The same content needs no further consent; other content does.
    expect(await volume.up(args({ source: { file: bytes } }))).toBe("same");
    await writeFile(bytes, Buffer.alloc(10_001, daemon.prefix));
    expect(await volume.failures(args({ source: { file: bytes } }))).toHaveLength(1);
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
