// ISO volumes that exist already: imported, read, and let go of by the machines that use them.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { IsoVolume } from "../../../provider";
import { at, describeEachDaemon, tinyIso, writeTinyIso } from "../harness";
import { StackResource } from "../harness/stack";

const iso = { needs: ["custom_volume_iso"] };
const custom = "/1.0/storage-pools/default/volumes/custom";

describeEachDaemon("Existing ISO volume", (daemon) => {
  let dir = "";
  let file = "";
  let name = "";
  let count = 0;
  let volume: StackResource;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-import-"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));
  beforeEach(async () => {
    name = daemon.name(`existing${++count}`);
    volume = new StackResource("IsoVolume", daemon.name(`import${count}`), daemon.socket);
    file = await writeTinyIso(join(dir, `${count}.iso`), { marker: name });
    if (daemon.has("custom_volume_iso")) await makeByHand(name, tinyIso({ marker: name }));
  });

  const makeByHand = async (volumeName: string, bytes: Buffer): Promise<void> => {
    const headers = {
      "Content-Type": "application/octet-stream",
      [daemon.header("name")]: volumeName,
      [daemon.header("type")]: "iso",
    };
    await daemon.settle(daemon.raw.post(custom, bytes, headers));
  };
  const onDaemon = async (volumeName: string): Promise<unknown> => {
    const { status, body } = await daemon.raw.get(`${custom}/${volumeName}`);
    return status === 404 ? undefined : body.metadata;
  };
  const imported = (more: object = {}): Record<string, unknown> => ({
    pool: "default",
    name,
    source: { file },
    trustContent: true,
    __import: `default/default/${name}`,
    ...more,
  });

  daemon.test("is taken over as it is, and nothing is sent", iso, async () => {
    const before = await onDaemon(name);
    expect(await volume.up(imported())).toBe("created");
    expect(volume.id).toBe(`default/default/${name}`);
    expect(await volume.up(imported())).toBe("same");
    expect(await volume.refresh()).toBe(true);
    expect(await volume.up(imported({ __import: undefined }))).toBe("same");
    expect(await onDaemon(name)).toEqual(before);
  });

  daemon.test("takes its name from the ID", iso, async () => {
    await volume.up(imported({ name: undefined }));
    expect(volume.outputs["name"]).toBe(name);
    expect(await volume.up(imported({ name: undefined }))).toBe("same");
  });

  daemon.test("is compared with the program, all differences at once", iso, async () => {
    await daemon.settle(
      daemon.raw.put(`${custom}/${name}`, { description: "by hand", config: at(await onDaemon(name), "config") }),
    );
    const other = join(dir, "longer.iso");
    await writeFile(other, Buffer.concat([tinyIso({ marker: "longer" }), Buffer.alloc(8 * 1024 * 1024)]));
    const failures = await volume.failures(imported({ source: { file: other }, description: "mine" }));
    expect(failures.map((failure) => failure.property).sort()).toEqual(["description", "source"]);
    const elsewhere = await volume.failures(
      imported({ name: "x", pool: "default", __import: `default/default/${name}` }),
    );
    expect(elsewhere).toMatchObject([{ property: "name" }]);
    expect(await volume.failures(imported({ __import: "nonsense" }))).toHaveLength(1);
    expect(
      (await volume.failures(imported({ name: "nobody", __import: "default/default/nobody" })))[0]?.reason,
    ).toMatch(/there is no volume/);
  });

  daemon.test("wants to be trusted where its content cannot be compared", iso, async () => {
    const failures = await volume.failures(imported({ trustContent: false }));
    if (daemon.has("backup_iso")) expect(failures).toEqual([]);
    else expect(failures).toMatchObject([{ property: "trustContent" }]);
  });

  daemon.test("of another content type is refused", iso, async () => {
    const block = daemon.name(`block${count}`);
    await daemon.settle(
      daemon.raw.post(custom, { name: block, type: "custom", content_type: "filesystem", config: {} }),
    );
    const failures = await volume.failures(imported({ name: block, __import: `default/default/${block}` }));
    expect(failures).toHaveLength(1);
    expect(failures[0]?.reason).toMatch(/content type "filesystem", not iso/);
  });

  daemon.test("can be imported without a source, which can be added later without an upload", iso, async () => {
    const before = at(await onDaemon(name), "created_at");
    await volume.up(imported({ source: undefined }));
    expect(await volume.up(imported({ source: undefined }))).toBe("same");
    expect(await volume.up(imported())).toBe("updated");
    expect(await volume.up(imported())).toBe("same");
    expect(at(await onDaemon(name), "created_at")).toBe(before);
  });

  daemon.test("with other content from then on is replaced, and the import is not tried again", iso, async () => {
    await volume.up(imported());
    await writeTinyIso(file, { marker: "new content after the import" });
    const before = at(await onDaemon(name), "created_at");
    expect(await volume.up(imported())).toBe("replaced");
    expect(at(await onDaemon(name), "created_at")).not.toBe(before);
  });

  daemon.test("is read by its ID for others to use, with no program's inputs", iso, async () => {
    const state = { remote: { socket: daemon.socket }, __urn: "urn:pulumi:t::c::x::y", __provider: "p" };
    const { id, props } = await IsoVolume().read(`default/default/${name}`, state);
    expect(id).toBe(`default/default/${name}`);
    expect(props).toMatchObject({
      name,
      pool: "default",
      project: "default",
      sizeBytes: tinyIso({ marker: name }).length,
    });
    expect(await IsoVolume().read("default/default/nobody", state)).toMatchObject({ id: "" });
    await expect(IsoVolume().read("nonsense", state)).rejects.toThrow(/project\/pool\/name/);
  });

  daemon.test("in use by strangers is not deleted, and every user is named", iso, async () => {
    await volume.up(imported());
    const machine = daemon.name(`user${count}`);
    const devices = {
      root: { type: "disk", path: "/", pool: "default" },
      cd: { type: "disk", pool: "default", source: name },
    };
    const made = { name: machine, type: "virtual-machine", source: { type: "none" }, profiles: [], devices };
    expect(await daemon.settle(daemon.raw.post("/1.0/instances", made))).toMatchObject({ ok: true });
    const profile = daemon.name(`profile${count}`);
    await daemon.settle(daemon.raw.post("/1.0/profiles", { name: profile, devices: { cd: devices.cd } }));
    await expect(volume.destroy()).rejects.toThrow(new RegExp(`in use by .*default/${machine}`));
    await expect(volume.destroy()).rejects.toThrow(new RegExp(`default/${profile}`));
    const { body } = await daemon.raw.get(`/1.0/instances/${machine}`);
    expect(at(body.metadata, "devices", "cd", "source")).toBe(name);
    await daemon.settle(daemon.raw.delete(`/1.0/instances/${machine}`));
    await daemon.settle(daemon.raw.delete(`/1.0/profiles/${profile}`));
    await volume.destroy();
    expect(await onDaemon(name)).toBeUndefined();
  });

  daemon.test("with a fixed name is taken out of the stack's machine, replaced, and put back", iso, async () => {
    await volume.up(imported());
    const machine = new StackResource("Instance", daemon.name(`m${count}`), daemon.socket);
    const media = (): Record<string, unknown> => ({
      type: "virtual-machine",
      profiles: [],
      running: false,
      rootDisk: { pool: "default", size: "16MiB" },
      cdroms: [{ volume: { pool: "default", name, digest: volume.outputs["digest"] } }],
    });
    await machine.up(media());
    const before = at(await onDaemon(name), "created_at");
    await writeTinyIso(file, { marker: "the successor" });
    expect(await volume.up(imported())).toBe("replaced");
    expect(await machine.up(media())).toBe("updated");
    const { body } = await daemon.raw.get(`/1.0/instances/${machine.name}`);
    expect(at(body.metadata, "devices", "cdrom0", "source")).toBe(name);
    expect(at(await onDaemon(name), "created_at")).not.toBe(before);
    expect(await machine.up(media())).toBe("same");
    await machine.destroy();
    await volume.destroy();
  });
});
