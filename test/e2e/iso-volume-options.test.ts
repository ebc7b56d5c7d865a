// Pulumi's resource options on ISO volumes, by the real CLI: each does what it does for any other resource.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { describeEachDaemon, importIso, type TestDaemon, tinyIso } from "../contract/harness";
import { errorsOf, IsoStack, stepsOf, succeed, type Volume } from "./iso-volume/stack";

const iso = { needs: ["custom_volume_iso"], timeoutMs: 120_000 };

/** What the program is like, beside its files. */
interface Variant {
  text?: string;
  ignoredFile?: string;
  oldName?: boolean;
  withRetained?: boolean;
  protect?: boolean;
}

describeEachDaemon({ name: "Resource options", on: ["embedded"] }, (daemon: TestDaemon) => {
  let stack: IsoStack;
  const files = ["ignored", "described", "on-change", "first-gone", "moved", "retained", "protected", "plain", "other"];

  const program = (variant: Variant): string => {
    const {
      text = "first",
      ignoredFile = "ignored.iso",
      oldName = true,
      withRetained = true,
      protect = true,
    } = variant;
    return `
      const volume = (name, args, opts) =>
        new lxd.IsoVolume("${daemon.prefix}" + name, { pool: "default", source: { file: name + ".iso" }, ...args }, opts);
      volume("ignored", { source: { file: "${ignoredFile}" } }, { ignoreChanges: ["source"] });
      volume("described", { description: "${text}" }, { ignoreChanges: ["description"] });
      volume("on-change", { description: "${text}" }, { replaceOnChanges: ["description"] });
      volume("first-gone", {}, { deleteBeforeReplace: true });
      const moved = { source: { file: "moved.iso" } };
      ${oldName ? `volume("old", moved)` : `volume("new", moved, { aliases: [{ name: "${daemon.prefix}old" }] })`};
      ${withRetained ? `volume("retained", {}, { retainOnDelete: true });` : ""}
      volume("protected", {}, { protect: ${String(protect)} });
      volume("plain");
      volume("other");
      volume("imported", { source: { file: "imported.iso" }, trustContent: true },
        { import: "default/default/${daemon.prefix}existing" });
      const shared = lxd.IsoVolume.get("shared", "default/default/${daemon.prefix}shared");
      new lxd.Instance("${daemon.prefix}vm", {
        type: "virtual-machine", profiles: [], running: false,
        rootDisk: { pool: "default", size: "16MiB" },
        cdroms: [{ volume: shared }],
      });
    `;
  };
  const write = (name: string, marker: string): Promise<void> =>
    stack.write(`${name}.iso`, tinyIso({ marker: `${name} ${marker}` }));
  const urn = (name: string): string =>
    `urn:pulumi:test::e2e::pulumi-nodejs:dynamic/lxd:IsoVolume::${daemon.name(name)}`;
  const named = (steps: string[], name: string): string[] =>
    steps.filter((step) => step.endsWith(` ${daemon.name(name)}`)).map((step) => step.split(" ")[0] ?? "");
  /** The daemon's volumes whose names begin with that of a resource. */
  const of = async (name: string): Promise<Volume[]> =>
    (await stack.volumes()).filter((volume) => volume.name.startsWith(daemon.name(name)));

  beforeAll(async () => {
    stack = await IsoStack.create(daemon, program({}));
    for (const name of files) await write(name, "first");
    const existing = tinyIso({ marker: "existing" });
    await stack.write("imported.iso", existing);
    await importIso(daemon, "existing", existing);
    await importIso(daemon, "shared", tinyIso({ marker: "shared" }));
  });
  afterAll(() => stack.dispose());

  daemon.test("come with volumes as without", iso, async () => {
    const [existing, shared] = [await of("existing"), await of("shared")];
    await succeed(stack.project.up());
    expect(await stack.volumes()).toHaveLength(files.length + 2);
    expect(await of("existing")).toEqual(existing);
    expect(await of("shared")).toMatchObject([
      { created_at: shared[0]?.created_at, used_by: [`/1.0/instances/${daemon.name("vm")}`] },
    ]);
    expect(await stack.project.refresh({ expectNoChanges: true })).toMatchObject({ code: 0 });
    expect(await stack.project.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
  });

  daemon.test("decide what changes of program and files cost", iso, async () => {
    const before = await stack.volumes();
    await Promise.all(["ignored", "first-gone"].map((name) => write(name, "second")));
    await stack.setBody(program({ text: "second", oldName: false }));
    const steps = stepsOf(await succeed(stack.project.up()));

    // The bytes behind an ignored source changed: the volume stays what it is.
    expect(named(steps, "ignored")).toEqual([]);
    expect(await of("on-change")).toMatchObject([{ description: "second" }]);
    expect(named(steps, "on-change")).toEqual(["create-replacement", "replace", "delete-replaced"]);
    expect(named(steps, "first-gone")).toEqual(["delete-replaced", "replace", "create-replacement"]);
    expect([...named(steps, "old"), ...named(steps, "new")]).toEqual([]);

    const untouched = ["ignored", "described", "old", "retained", "protected", "plain", "other", "existing", "shared"];
    const isUntouched = ({ name }: Volume): boolean => untouched.some((each) => name.startsWith(daemon.name(each)));
    expect((await stack.volumes()).filter(isUntouched)).toEqual(before.filter(isUntouched));
    expect(await stack.volumes()).toHaveLength(before.length);
  });

  daemon.test("ignore a source that is another now, or gone", iso, async () => {
    await rm(join(stack.project.dir, "ignored.iso"));
    await stack.setBody(program({ text: "second", oldName: false, ignoredFile: "nowhere.iso" }));
    expect(await stack.project.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
  });

  daemon.test("`--replace` of what is as the program says imports it again", iso, async () => {
    const [before] = await of("plain");
    const up = await succeed(stack.project.up({ args: ["--replace", urn("plain")] }));
    expect(named(stepsOf(up), "plain")).toEqual(["create-replacement", "replace", "delete-replaced"]);
    const [after, ...others] = await of("plain");
    expect(others).toEqual([]);
    expect(after?.created_at).not.toBe(before?.created_at);
    expect(await stack.project.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
    expect(await of("plain")).toEqual([after]);
  });

  daemon.test("`--target` changes one volume and leaves the others", iso, async () => {
    const other = await of("other");
    await Promise.all(["plain", "other"].map((name) => write(name, "third")));
    const up = await succeed(stack.project.up({ args: ["--target", urn("plain")] }));
    expect(stepsOf(up).every((step) => step.endsWith(daemon.name("plain")))).toBe(true);
    expect(await of("plain")).toHaveLength(1);
    expect(await of("other")).toEqual(other);
  });

  daemon.test("`protect` refuses a replacement, and that the volume leaves the program", iso, async () => {
    const before = await of("protected");
    await write("protected", "second");
    const refused = await stack.project.up();
    expect(refused.code).not.toBe(0);
    expect(errorsOf(refused)).toContain("protect");
    expect(await of("protected")).toEqual(before);
    await write("protected", "first");
    await stack.setBody("");
    expect((await stack.project.up()).code).not.toBe(0);
    expect(await of("protected")).toEqual(before);
  });

  daemon.test("the end of the stack leaves what was only read, and what was to be retained", iso, async () => {
    await stack.setBody(`new lxd.IsoVolume("${daemon.name("protected")}",
      { pool: "default", source: { file: "protected.iso" } }, { protect: false });`);
    await succeed(stack.project.up());
    await succeed(stack.project.destroy());
    const left = (await stack.volumes()).map(({ name }) => name);
    expect(left).toEqual([expect.stringContaining("retained"), daemon.name("shared")]);
  });
});
