// The main job, by the real CLI: an ISO is imported, booted, swapped when its bytes change, made again, taken away.
import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Step } from "./harness/events";
import { asForUsers, PulumiProject } from "./harness/project";
import { describeEachSite, type Machine, type Volume } from "./harness/site";

/** The steps that change something, in their order. */
const changes = (steps: readonly Step[]): string[] =>
  steps.filter(({ op }) => op !== "same").map(({ op, name }) => `${op} ${name}`);

describeEachSite("the quickstart example", (site) => {
  let project: PulumiProject;
  let before: string[];
  let first: { volume: Volume; machine: Machine };

  const onlyVolume = async (): Promise<Volume> => {
    const [volume, ...others] = await site.volumes();
    expect(others).toEqual([]);
    return volume ?? expect.fail("there is no volume");
  };
  const machine = async (): Promise<Machine> =>
    (await site.machines()).find(({ name }) => name === "machine") ?? expect.fail("there is no machine");

  beforeAll(async () => {
    before = await site.everything();
    project = await PulumiProject.create({ program: { example: "quickstart" }, config: site.config });
    await site.makeIso(project.dir, "installer.iso", "the first medium");
  }, 120_000);
  afterAll(() => project.dispose());

  it("shows all of it in a preview, and makes none of it", async () => {
    const preview = await project.preview({ env: asForUsers });
    expect(preview.code, preview.stdout + preview.stderr).toBe(0);
    expect(changes(preview.steps)).toEqual(["create installer", "create machine"]);
    const inputs = preview.steps[0]?.new?.inputs ?? {};
    expect(inputs["digest"]).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(inputs["name"]).toMatch(/^installer-[0-9a-f]{8}$/);
    expect(await site.everything()).toEqual(before);
  });

  it("imports the ISO and boots a machine from it, which powers itself off", async () => {
    const run = project.startUp();
    const shown = site.kind === "incus" ? await consoleUntil("the first medium") : undefined;
    const up = await run.result;
    expect(up.code, up.stdout + up.stderr).toBe(0);
    if (shown !== undefined) expect(shown).toContain("the first medium");
    first = { volume: await onlyVolume(), machine: await machine() };
    const { size } = await stat(`${project.dir}/installer.iso`);
    expect(first.volume).toMatchObject({ content_type: "iso", config: { size: String(size) } });
    expect(first.volume.used_by).toEqual([`/1.0/instances/machine?project=${site.project}`]);
    expect(first.machine).toMatchObject({
      type: "virtual-machine",
      status: "Stopped",
      devices: { cdrom0: { type: "disk", pool: "default", source: first.volume.name, "boot.priority": "10" } },
    });
    expect(Date.parse(first.machine.last_used_at)).toBeGreaterThan(0);
    expect(await project.outputs()).toMatchObject({ volume: first.volume.name, status: "Stopped" });
  }, 180_000);

  /** What the guest says, as the daemon hears it while the machine runs. */
  async function consoleUntil(text: string): Promise<string> {
    let heard = "";
    for (const end = Date.now() + 60_000; !heard.includes(text) && Date.now() < end;) {
      heard += (await site.raw.get(`/1.0/instances/machine/console?project=${site.project}`)).bytes.toString();
      await sleep(100);
    }
    return heard;
  }

  it("has nothing more to do then, and a refresh shows nothing", async () => {
    expect(await project.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
    expect(await project.refresh({ expectNoChanges: true })).toMatchObject({ code: 0 });
    expect(await project.preview({ expectNoChanges: true })).toMatchObject({ code: 0 });
  }, 120_000);

  it("shows a replacement when the bytes change at the same path", async () => {
    await site.makeIso(project.dir, "installer.iso", "the second medium");
    const preview = await project.preview();
    expect(preview.code, preview.stdout + preview.stderr).toBe(0);
    // The new volume is there before the machine switches to it, and the old one goes after that.
    expect(changes(preview.steps)).toEqual([
      "create-replacement installer",
      "replace installer",
      "update machine",
      "delete-replaced installer",
    ]);
    const replace = preview.steps.find(({ op }) => op === "replace");
    expect([...(replace?.replaces ?? [])].sort()).toEqual(["digest", "name"]);
    expect(await onlyVolume()).toEqual(first.volume);
  }, 60_000);

  it("swaps the medium of the same machine", async () => {
    const up = await project.up();
    expect(up.code, up.stdout + up.stderr).toBe(0);
    const [volume, now] = [await onlyVolume(), await machine()];
    expect(volume.name).not.toBe(first.volume.name);
    expect(now.devices["cdrom0"]).toMatchObject({ source: volume.name });
    expect(now.config["volatile.uuid"]).toBe(first.machine.config["volatile.uuid"]);
    expect(await project.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
  }, 120_000);

  it("makes a volume again that somebody has deleted by hand", async () => {
    const { name } = await onlyVolume();
    const query = `?project=${site.project}`;
    const { devices } = await machine();
    const { etag = "" } = (await site.raw.get(`/1.0/instances/machine${query}`)).headers;
    const { cdrom0: _gone, ...kept } = devices;
    const { profiles, config, architecture } = (await site.raw.get(`/1.0/instances/machine${query}`)).body
      .metadata as Record<string, unknown>;
    const without = { profiles, config, architecture, devices: kept };
    await site.raw.send({
      method: "PUT",
      path: `/1.0/instances/machine${query}`,
      body: without,
      headers: { "If-Match": etag },
    });
    while ((await machine()).devices["cdrom0"] !== undefined) await sleep(50);
    await site.raw.delete(`/1.0/storage-pools/default/volumes/custom/${name}${query}`);
    expect(await site.volumes()).toEqual([]);

    const up = await project.up({ args: ["--refresh"] });
    expect(up.code, up.stdout + up.stderr).toBe(0);
    expect((await onlyVolume()).name).toBe(name);
    expect((await machine()).devices["cdrom0"]).toMatchObject({ source: name });
    expect(await project.refresh({ expectNoChanges: true })).toMatchObject({ code: 0 });
  }, 120_000);

  it("takes all of it away, and leaves the daemon as it was", async () => {
    expect(await project.destroy()).toMatchObject({ code: 0 });
    expect(await site.everything()).toEqual(before);
  }, 60_000);
});
