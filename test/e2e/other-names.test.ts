// Logical names that change or repeat: the same volume in two components, and a volume under another name of the program.
import { afterAll, beforeAll, expect, it } from "vitest";
import { PulumiProject } from "./harness/project";
import { describeEachSite, type Volume } from "./harness/site";
import { stepsOf, succeed } from "./iso-volume/stack";

interface Choice {
  components: string[];
  /** The logical name of the volume with data, its name on the server, and what it imports. */
  data: { logical: string; name: string; import?: string };
}

const program = ({ components, data }: Choice): string => `
const pulumi = require("@pulumi/pulumi");
const lxd = require("pulumi-lxd");
class Server extends pulumi.ComponentResource {
  constructor(type) {
    super("e2e:index:" + type, "server");
    const source = { label: "L", files: { "a.txt": "a" } };
    new lxd.IsoVolume("answers", { pool: "default", source }, { parent: this });
  }
}
for (const type of ${JSON.stringify(components)}) new Server(type);
const { logical, name, ...options } = ${JSON.stringify(data)};
new lxd.StorageVolume(logical, { pool: "default", name }, options);
`;

describeEachSite("an object", (site) => {
  let project: PulumiProject;
  const volumes = async (type: string): Promise<Volume[]> =>
    (await site.volumes()).filter(({ content_type: found }) => found === type);
  const run = async (choice: Choice): Promise<string[]> => {
    await project.setProgram(program(choice));
    const steps = stepsOf(await succeed(project.up()));
    expect(await project.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
    return steps;
  };
  const first = { logical: "data", name: "one" };

  beforeAll(async () => {
    const text = program({ components: ["Web", "Mail"], data: first });
    project = await PulumiProject.create({ program: text, config: site.config });
    await succeed(project.up());
  }, 60_000);
  afterAll(() => project.dispose());

  it("of a component stays when another component with the same goes, and a volume is renamed", async () => {
    const [isos, [data]] = [await volumes("iso"), await volumes("filesystem")];
    expect(isos).toHaveLength(2);
    expect(await run({ components: ["Mail"], data: { ...first, name: "two" } })).toHaveLength(2 + 1);
    const left = await volumes("iso");
    expect(left).toHaveLength(1);
    expect(isos).toContainEqual(left[0]);
    expect(await volumes("filesystem")).toMatchObject([{ name: "two", created_at: data?.created_at }]);
  }, 60_000);

  it("is not deleted when another logical name imports it", async () => {
    const [data] = await volumes("filesystem");
    const moved = { logical: "other", name: "two", import: `${site.project}/default/two` };
    await run({ components: ["Mail"], data: moved });
    expect(await volumes("filesystem")).toMatchObject([{ name: "two", created_at: data?.created_at }]);
    expect(await volumes("iso")).toHaveLength(1);
    await succeed(project.destroy());
    expect(await site.everything()).toEqual([]);
  }, 60_000);
});
