// Generated images as other people's programs read them, where these are installed.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { generatedIso } from "../../../../provider/content/generated-iso/generated-iso";
import { type Files, randomFiles } from "./random-tree";
import { bytesOf } from "../bytes-of";

const run = promisify(execFile);

function isInstalled(tool: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A group of tests whose title names the tool, so that a skipped one says what to install. */
function describeWith(tool: string, tests: () => void): void {
  describe.skipIf(!isInstalled(tool))(`${tool}${isInstalled(tool) ? "" : " (not installed)"}`, tests);
}

async function temporaryFolder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "iso-readers-"));
  onTestFinished(async () => {
    await makeRemovable(path);
    await rm(path, { recursive: true });
  });
  return path;
}

/** What is extracted comes with the modes of the image, which let nobody delete anything. */
async function makeRemovable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeRemovable(join(folder, entry.name));
  }
}

/** Files that every corner of the format is needed for. */
const corners: Files = Object.fromEntries(
  [
    ["autounattend.xml", 100],
    ["empty", 0],
    ["exactly one sector.bin", 2048],
    ["$OEM$/$$/Setup/Scripts/SetupComplete.cmd", 10],
    ["one/two/three/four/five/six/seven/deepest.txt", 5],
    ["größe ñ 日本.txt", 3],
    [`${"l".repeat(99)}.txt`, 7],
    ["日".repeat(84), 8],
    [`${"日".repeat(84)}x`, 9],
    ...Array.from({ length: 200 }, (_, i) => [`many/${"n".repeat(90)} ${i}.txt`, i] as const),
  ].map(([path, size]) => [path, { bytes: Buffer.alloc(Number(size), `${path}`) }] as const),
);

const trees: [string, Files][] = [
  ["corners", corners],
  ...[1, 7, 10, 54].map((seed): [string, Files] => [`random tree ${seed}`, randomFiles(seed, 150)]),
];

async function imageOf(files: Files, label = "cidata"): Promise<{ image: string; folder: string }> {
  const folder = await temporaryFolder();
  const image = join(folder, "image.iso");
  await writeFile(image, await bytesOf((await (await generatedIso({ label, files })).open()).stream));
  return { image, folder };
}

/** `path hash` of every file under a folder, sorted. */
async function listing(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const lines = files.map(async (file) => `${file.slice(folder.length + 1)} ${hash(await readFile(file))}`);
  return (await Promise.all(lines)).sort();
}

function expected(files: Files): string[] {
  return Object.entries(files)
    .map(([path, { bytes }]) => `${path} ${hash(bytes)}`)
    .sort();
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

describeWith("xorriso", () => {
  it.each(trees)("extracts the Rock Ridge names of %s", async (_, files) => {
    const { image, folder } = await imageOf(files);
    await run("xorriso", ["-osirrox", "on", "-indev", image, "-extract", "/", join(folder, "out")]);
    expect(await listing(join(folder, "out"))).toEqual(expected(files));
  });

  it.each(trees)("extracts the Joliet names of %s", async (_, files) => {
    const { image, folder } = await imageOf(files);
    const joliet = ["-read_fs", "norock", "-osirrox", "on", "-indev", image];
    await run("xorriso", [...joliet, "-extract", "/", join(folder, "out")]);
    expect(await listing(join(folder, "out"))).toEqual(expected(files));
  });

  it("finds the label and every block readable", async () => {
    const { image } = await imageOf(corners);
    const { stdout, stderr } = await run("xorriso", ["-indev", image, "-check_media", "--", "-pvd_info"]);
    expect(stdout + stderr).toMatch(/Volume id\s*: 'cidata'/);
    expect(stdout).toMatch(/Media region : .*, \+ good/);
    expect(stdout).not.toMatch(/Media region : .*, - /);
    expect(stderr).not.toMatch(/WARNING|SORRY|FAILURE/);
  });
});

describeWith("bsdtar", () => {
  it.each(trees)("extracts the Joliet names of %s", async (_, files) => {
    const { image } = await imageOf(files);
    const out = await temporaryFolder();
    // Where both are there it takes Joliet's names, unless told otherwise.
    await run("bsdtar", ["-xf", image, "-C", out, "--options", "!rockridge"], {
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    });
    expect(await listing(out)).toEqual(expected(files));
  });

  it.each(trees)("extracts the Rock Ridge names of %s", async (_, files) => {
    const { image } = await imageOf(files);
    const out = await temporaryFolder();
    await run("bsdtar", ["-xf", image, "-C", out, "--options", "!joliet"], {
      env: { ...process.env, LC_ALL: "C.UTF-8" },
    });
    expect(await listing(out)).toEqual(expected(files));
  });
});

describeWith("7z", () => {
  it.each(trees)("extracts %s", async (_, files) => {
    const { image, folder } = await imageOf(files);
    const { stdout } = await run("7z", ["x", "-y", `-o${join(folder, "out")}`, image]);
    expect(stdout).toContain("Everything is Ok");
    expect(await listing(join(folder, "out"))).toEqual(expected(files));
  });
});

describeWith("isoinfo", () => {
  it.each([["-J"], ["-R"]])("lists the names of %s", async (option) => {
    const files = Object.fromEntries(Object.entries(corners).filter(([path]) => /^[ -~]*$/.test(path)));
    const { image } = await imageOf(files);
    const { stdout } = await run("isoinfo", [option, "-f", "-i", image]);
    expect(stdout.split("\n")).toEqual(expect.arrayContaining(Object.keys(files).map((path) => `/${path}`)));
  });

  it("finds both extensions", async () => {
    const { image } = await imageOf(corners);
    const { stdout } = await run("isoinfo", ["-d", "-i", image]);
    expect(stdout).toMatch(/Volume id: cidata/);
    expect(stdout).toMatch(/Joliet with UCS level 3 found/);
    expect(stdout).toMatch(/Rock Ridge signatures version 1 found/);
  });
});

describeWith("isovfy", () => {
  it.each(trees)("finds no errors in %s", async (_, files) => {
    const { image } = await imageOf(files);
    const { stdout } = await run("isovfy", [image], { maxBuffer: 64 * 1024 * 1024 });
    expect(stdout).toContain("No errors found");
  });
});

describeWith("blkid", () => {
  it.each(["cidata", "CIDATA", "OEMDRV", "RHEL-10-x86_64-kickstart-answers"])("finds the label %s", async (label) => {
    const { image } = await imageOf(corners, label);
    const { stdout } = await run("blkid", ["-p", "-o", "export", image]);
    expect(stdout.replaceAll("\\", "").split("\n")).toEqual(expect.arrayContaining([`LABEL=${label}`, "TYPE=iso9660"]));
  });
});
