// What a newcomer gets wrong: each is told by its property, with what is wrong and what to do, and nothing is made.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PulumiProject } from "./harness/project";
import { type PulumiResult } from "./harness/run";
import { describeEachSite } from "./harness/site";

const program = (statement: string): string => `
  const lxd = require("pulumi-lxd");
  const iso = (args) => new lxd.IsoVolume("bad", { pool: "default", source: { file: "./good.iso" }, ...args });
  const machine = (args) => new lxd.Instance("bad", {
    type: "virtual-machine", profiles: [], rootDisk: { pool: "default" }, running: false, ...args
  });
  ${statement}
`;

interface Row {
  what: string;
  statement: string;
  /** Whether it takes a daemon to see it; the rest is the same with any. */
  asks?: boolean;
  /** In the order in which they are said. */
  says: (RegExp | string)[];
}

const rows: Row[] = [
  {
    what: "a file that is not there",
    statement: `iso({ source: { file: "./missing.iso" } })`,
    says: ["source.file", "there is no file ./missing.iso (/", "Paths are relative to the program's folder."],
  },
  {
    what: "a folder",
    statement: `iso({ source: { file: "./folder" } })`,
    says: ["source.file", "./folder is a folder, not a file", "Use the path of the file in it."],
  },
  {
    what: "an empty file",
    statement: `iso({ source: { file: "./empty.iso" } })`,
    says: ["source.file", "./empty.iso is empty", "Check whether its download or build was interrupted."],
  },
  {
    what: "a file that is no ISO image",
    statement: `iso({ source: { file: "./text.iso" } })`,
    says: [
      "source.file",
      "text.iso is plain text, not an ISO 9660 or UDF image",
      "set allowAnyContent: true to import this content anyway",
    ],
  },
  {
    what: "a pool that is not there",
    asks: true,
    statement: `iso({ pool: "defualt" })`,
    says: ["pool", 'there is no storage pool "defualt"; did you mean "default"?'],
  },
  {
    what: "a pool for the root disk that is not there",
    asks: true,
    statement: `machine({ rootDisk: { pool: "tank" } })`,
    says: ["rootDisk.pool", 'there is no storage pool "tank"; pools here are: default'],
  },
  {
    what: "a volume's name that is taken",
    asks: true,
    statement: `iso({ name: "taken" })`,
    says: ["name", "an ISO volume of that name already exists, with ", "or choose another name"],
  },
  {
    what: "a machine's name that is taken",
    asks: true,
    statement: `machine({ name: "taken" })`,
    says: ["name", 'an instance "taken" already exists, which this resource did not create', "or choose another name"],
  },
  {
    what: "a name that the servers would refuse",
    statement: `iso({ name: "no spaces" })`,
    says: ["name", "must be 1 to 64 letters, digits, dots, dashes or underscores"],
  },
  {
    what: "a daemon that is not there",
    statement: `iso({ remote: { socket: "/no/such.socket" } })`,
    says: [
      "no daemon's socket at /no/such.socket [unavailable]",
      "Start the daemon",
      "`socket` of the resource's `remote`",
    ],
  },
  {
    what: "a socket that is no daemon's",
    statement: `iso({ remote: { socket: "./text.iso" } })`,
    says: ["no daemon listens at ./text.iso [unavailable]", "Start the daemon"],
  },
  {
    what: "equal boot priorities",
    statement: `machine({ cdroms: ["a", "b"].map((name) => ({ volume: { pool: "default", name }, bootPriority: 5 })) })`,
    says: [
      "cdroms[1].bootPriority",
      "cdroms[0].bootPriority has the boot priority 5 too; set a different one for each",
    ],
  },
  {
    what: "a size in wrong units",
    statement: `machine({ rootDisk: { pool: "default", size: "10 gigs" } })`,
    says: [
      "rootDisk.size",
      '"10 gigs" is not a valid size; use an integer with a unit (B, kB, ',
      'for example "10GiB"',
    ],
  },
  {
    what: "an unknown property",
    statement: `machine({ rootDisk: { pool: "default", sizes: "10GiB" } })`,
    says: ["rootDisk.sizes", 'unknown property "sizes"; did you mean "size"?'],
  },
  {
    what: "a source of an unknown kind",
    statement: `iso({ source: { fiel: "./good.iso" } })`,
    says: ["source.fiel", 'unknown property "fiel"; did you mean "file"?'],
  },
];

/** The errors of a run, as the user reads them. */
function errorsOf(result: PulumiResult): string {
  expect(result.code, result.stdout).not.toBe(0);
  return result.messages
    .filter(({ severity }) => severity === "error")
    .map(({ text }) => text)
    .join("\n");
}

function expectInOrder(text: string, parts: Row["says"]): void {
  let rest = text;
  for (const part of parts) {
    const at = typeof part === "string" ? rest.indexOf(part) : rest.search(part);
    expect(at, `${String(part)} in:\n${text}`).toBeGreaterThanOrEqual(0);
    rest = rest.slice(at);
  }
  expect(text).not.toMatch(/\bat .*\.[jt]s:\d+/);
}

describeEachSite("bad input", (site) => {
  let project: PulumiProject;
  let before: string[];

  beforeAll(async () => {
    project = await PulumiProject.create({ program: "", config: site.config });
    const good = await site.makeIso(project.dir, "good.iso", "good");
    await mkdir(join(project.dir, "folder"));
    await writeFile(join(project.dir, "empty.iso"), "");
    await writeFile(join(project.dir, "text.iso"), "this is no image\n".repeat(4000));
    await site.makeTaken("taken", good);
    before = await site.everything();
  }, 60_000);
  afterAll(async () => {
    await site.removeTaken("taken");
    await project.dispose();
  });

  it.each(rows.filter(({ asks }) => asks === true || site.kind === "embedded"))(
    "is told: $what",
    async ({ statement, says }) => {
      await project.setProgram(program(statement));
      expectInOrder(errorsOf(await project.up()), says);
      expect(await site.everything()).toEqual(before);
    },
  );

  it("is told for a mistyped setting of the stack, which leads to no other daemon", async () => {
    await project.setConfig("lxd:adress", "https://prod.example.org:8443");
    await project.setProgram(program("machine({})"));
    expectInOrder(errorsOf(await project.preview()), [
      "the stack's config has lxd:adress, which is not a setting; did you mean lxd:address?",
      "`pulumi config rm lxd:adress`",
    ]);
    // The advice is followed to the letter.
    await project.removeConfig("lxd:adress");
    expect((await project.preview()).code).toBe(0);
  });

  it("of one resource is told all at once, and in the preview already", async () => {
    await project.setProgram(
      program(`iso({ pool: "defualt", source: { file: "./missing.iso" }, name: "no spaces", desciption: "x" })`),
    );
    const text = errorsOf(await project.preview());
    for (const each of [
      'no storage pool "defualt"',
      "./missing.iso",
      "must be 1 to 64",
      'did you mean "description"?',
    ]) {
      expect(text).toContain(each);
    }
  });
});

const lxd = process.env["LXD_SOCKET"] ?? "";
describe.skipIf(lxd === "")(
  `a server without ISO volumes${lxd === "" ? ": set LXD_SOCKET to a real LXD before 5.16" : ""}`,
  () => {
    let project: PulumiProject;
    beforeAll(async () => {
      project = await PulumiProject.create({ program: "", config: { "lxd:socket": lxd } });
      await writeFile(join(project.dir, "any.iso"), "x");
    });
    afterAll(() => project.dispose());

    it.each([
      ["a volume", `iso({ source: { file: "./any.iso" }, allowAnyContent: true })`],
      ["a cdrom", `machine({ cdroms: [{ volume: { pool: "default", name: "x" } }] })`],
    ])("is told for %s, with the releases that have them", async (_what, statement) => {
      await project.setProgram(program(statement));
      expectInOrder(errorsOf(await project.up()), [
        /LXD 5\.0\.\d+ has no ISO volumes \(API extension custom_volume_iso\) \[unsupported\]/,
        "Use any Incus, LXD 5.21 LTS or LXD 5.16 or newer.",
      ]);
    });
  },
);
