// One program in two stacks on one server: each has objects of its own, and neither takes anything from the other.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tinyImage } from "../contract/harness";
import { PulumiProject } from "./harness/project";
import { describeEachSite } from "./harness/site";
import { succeed } from "./iso-volume/stack";

const program = `
const lxd = require("pulumi-lxd");
new lxd.IsoVolume("answers", { pool: "default", source: { label: "L", files: { "a.txt": "a" } } });
new lxd.Image("image", { source: { file: "./image.tar.gz" } });
`;

describeEachSite("two stacks of one program", (site) => {
  let [dev, prod]: PulumiProject[] = [];
  const both = (): PulumiProject[] => [dev, prod].filter((each) => each !== undefined);
  const names = async (): Promise<string[]> => (await site.volumes()).map(({ name }) => name);

  beforeAll(async () => {
    const made = ["dev", "prod"].map((stack) => PulumiProject.create({ program, config: site.config, stack }));
    [dev, prod] = await Promise.all(made);
    const image = tinyImage({ properties: { run: site.project } });
    for (const { dir } of both()) await writeFile(join(dir, "image.tar.gz"), image);
  }, 60_000);
  afterAll(() => Promise.all(both().map((project) => project.dispose())));

  it("have a volume each, and one image, when both run at once", async () => {
    await Promise.all(both().map((project) => succeed(project.up())));
    expect(await names()).toHaveLength(2);
    expect(await site.everything()).toHaveLength(3);
  }, 60_000);

  it("lose nothing when the other one is destroyed", async () => {
    const before = await names();
    await succeed(dev?.destroy() ?? Promise.reject(new Error("no stack")));
    const [left, ...others] = await names();
    expect(before).toContain(left);
    expect(others).toEqual([]);
    expect(await site.everything()).toHaveLength(2);
    expect(await prod?.refresh({ expectNoChanges: true })).toMatchObject({ code: 0 });
    expect(await prod?.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
    await succeed(prod?.destroy() ?? Promise.reject(new Error("no stack")));
    expect(await site.everything()).toEqual([]);
  }, 60_000);
});
