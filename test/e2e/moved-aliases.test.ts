// Aliases that move between the images of a program, by the real CLI: swapped, and to an image that is new.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { at, tinyImage } from "../contract/harness";
import { type PulumiProject } from "./harness/project";
import { describeEachSite } from "./harness/site";
import { startSlowProject } from "./harness/slow-project";
import { type SlowSocket } from "./harness/slow-socket";
import { errorsOf, succeed } from "./iso-volume/stack";

/** Which aliases each image has. Each image waits for the one before. */
type Aliases = Record<string, string[]>;

const program = (aliases: Aliases): string => `
const lxd = require("pulumi-lxd");
let dependsOn = [];
for (const [name, aliases] of Object.entries(${JSON.stringify(aliases)}))
  dependsOn = [new lxd.Image(name, { source: { file: "./" + name + ".tar.gz" }, aliases }, { dependsOn })];
`;

describeEachSite("an alias that moves", (site) => {
  let project: PulumiProject;
  let slow: SlowSocket;
  let dispose: () => Promise<void>;
  const before = { first: ["x", "z"], second: ["y"] };
  const after = { first: ["y"], second: ["x"], third: ["z"] };

  /** What the daemon says, by the name that is in the metadata of each image. */
  const found = async (): Promise<Aliases> => {
    const { body } = await site.raw.get(`/1.0/images?recursion=1&project=${site.project}`);
    const images = body.metadata as { properties: { name: string }; aliases: { name: string }[] }[];
    return Object.fromEntries(images.map(({ properties, aliases }) => [properties.name, aliases.map((a) => a.name)]));
  };

  beforeAll(async () => {
    ({ project, slow, dispose } = await startSlowProject(site, program(before)));
    for (const name of ["first", "second", "third"])
      await writeFile(join(project.dir, `${name}.tar.gz`), tinyImage({ properties: { name } }));
  }, 60_000);
  afterAll(() => dispose());

  it("leads to the other image after one `up`, whose preview says so", async () => {
    await succeed(project.up());
    expect(at(await found(), "first")).toHaveLength(2);
    await project.setProgram(program(after));
    await succeed(project.up({ preview: true }));
    expect(await found()).toEqual(after);
    // Not even for a moment without an image.
    expect(slow.lines.filter((line) => line.startsWith("DELETE "))).toEqual([]);
    expect(await project.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
    expect(await project.refresh({ expectNoChanges: true })).toMatchObject({ code: 0 });
  }, 90_000);

  it("is refused in the preview while two images want it", async () => {
    await project.setProgram(program({ ...after, first: ["y", "z"] }));
    const preview = await project.preview();
    expect(preview.code).not.toBe(0);
    expect(errorsOf(preview)).toMatch(/"z" is an alias of another image of this program/);
    await succeed(project.destroy());
    expect(await site.everything()).toEqual([]);
  }, 60_000);
});
