// States that are replaced while another resource fails, so that Pulumi keeps them: later runs leave the live objects alone.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tinyImage } from "../contract/harness";
import { PulumiProject } from "./harness/project";
import { describeEachSite, type Site } from "./harness/site";
import { errorsOf, succeed } from "./iso-volume/stack";

interface Choice {
  /** A resource that fails once all others are there. */
  fails?: boolean;
  /** The component that all are in. Without the option `aliases` they are other resources then. */
  group?: string;
  /** Whether they import what exists. */
  imports?: boolean;
}

const program = (site: Site, { fails = false, group, imports = false }: Choice = {}): string => `
const pulumi = require("@pulumi/pulumi");
const lxd = require("pulumi-lxd");
class Broken extends pulumi.dynamic.Resource {
  constructor(opts) { super({ create: async () => { throw new Error("told to fail"); } }, "broken", {}, opts); }
}
const parent = ${group !== undefined} ? new pulumi.ComponentResource("e2e:index:Group", ${JSON.stringify(group)}) : undefined;
const options = (id) => (${imports} ? { parent, import: id } : { parent });
const pool = "default";
const all = [
  new lxd.IsoVolume("iso", { pool, source: { label: "L", files: { "a.txt": "a" } } }, { parent }),
  new lxd.Image("image", { source: { file: "./image.tar.gz" }, aliases: ["image"] }, { parent }),
  new lxd.StorageVolume("volume", { pool }, options("${site.project}/default/volume")),
  new lxd.Profile("profile", { name: "${site.project}", description: "p" }, options("${site.project}/${site.project}")),
  new lxd.Instance("machine", {
    type: "virtual-machine", running: false, profiles: [], rootDisk: { pool, size: "16MiB" },
  }, options("${site.project}/machine")),
];
if (${fails}) new Broken({ dependsOn: all });
`;

const types = { iso: "IsoVolume", image: "Image", volume: "StorageVolume", profile: "Profile", machine: "Instance" };
const urns = Object.entries(types).map(
  ([name, type]) => `urn:pulumi:test::e2e::pulumi-nodejs:dynamic/lxd:${type}::${name}`,
);
const replaceAll = urns.flatMap((urn) => ["--replace", urn]);

describeEachSite("a replaced state", (site) => {
  let project: PulumiProject;
  let before: Awaited<ReturnType<typeof objects>>;

  /** What the daemon has, each with what it never changes while the object lives. */
  const objects = async (): Promise<Record<string, unknown> & { isos: string[] }> => {
    const query = `?project=${site.project}`;
    const [volumes, machines] = [await site.volumes(), await site.machines()];
    const images = await site.raw.get(`/1.0/images${query}`);
    return {
      isos: volumes.filter(({ content_type: type }) => type === "iso").map(({ name }) => name),
      volumes: volumes.filter(({ content_type: type }) => type !== "iso").map((v) => [v.name, v.created_at]),
      machines: machines.map(({ name, config }) => [name, config["volatile.uuid"]]),
      images: images.body.metadata,
      profile: (await site.raw.get(`/1.0/profiles/${site.project}${query}`)).status,
    };
  };
  const expectLive = async (): Promise<void> => {
    expect(await objects()).toEqual(before);
    expect(await project.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
  };
  const fail = async (choice: Choice, args: string[] = []): Promise<void> => {
    await project.setProgram(program(site, { ...choice, fails: true }));
    const { code, stdout, stderr } = await project.up({ args });
    expect(stdout + stderr).toContain("told to fail");
    expect(code).not.toBe(0);
    await project.setProgram(program(site, choice));
  };

  beforeAll(async () => {
    project = await PulumiProject.create({ program: program(site), config: site.config });
    await writeFile(join(project.dir, "image.tar.gz"), tinyImage({ properties: { run: site.project } }));
    await succeed(project.up());
    before = await objects();
    expect(before).toMatchObject({ isos: [{}], volumes: [{}], machines: [{}], images: [{}], profile: 200 });
  }, 60_000);
  afterAll(() => project.dispose());

  it("of `--replace` takes nothing from the live one, in the next `up`", async () => {
    await fail({}, replaceAll);
    await succeed(project.up());
    await expectLive();
  }, 60_000);

  const withOptions = async (): Promise<void> => {
    await fail({}, replaceAll);
    await succeed(project.up({ args: ["--target", urns.at(-1) ?? ""] }));
    await succeed(project.up({ args: ["--refresh"] }));
    await expectLive();
  };
  // What the engine calls is the same for every server.
  if (site.kind === "embedded")
    it("takes nothing in an `up` of a target, and one with `--refresh`", withOptions, 60_000);

  it("of the same resource in another component takes nothing, once what exists is imported", async () => {
    await project.setProgram(program(site, { group: "group" }));
    // The engine ends a preview at the first of them.
    const told = /Pass { import: "e2e-[^"]*\/(default\/volume|machine|e2e-\w+)" } to adopt it/;
    expect(errorsOf(await project.preview())).toMatch(told);
    await fail({ group: "group", imports: true });
    await succeed(project.up());
    // The name of an ISO volume says whose it is: this one was made again, and the old one is gone.
    const [iso] = (await objects()).isos;
    expect(before.isos).not.toContain(iso);
    before.isos = [iso ?? ""];
    await expectLive();
  }, 60_000);

  it("goes in a destroy together with the live one", async () => {
    await fail(
      { group: "group" },
      replaceAll.map((arg) => arg.replace("::pulumi-nodejs", "::e2e:index:Group$pulumi-nodejs")),
    );
    await succeed(project.destroy());
    expect(await site.everything()).toEqual([]);
    expect(await objects()).toMatchObject({ profile: 404 });
  }, 60_000);
});
