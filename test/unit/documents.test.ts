// The documentation: its links lead to files and headings that exist, also where the package alone is installed.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

const root = join(__dirname, "../..");

/** What users read, and what is in the package therefore. */
const pages = ["README.md", ...markdownIn("docs").filter((path) => !path.startsWith("docs/decisions/"))];
const others = [
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  ...markdownIn("docs/decisions"),
  ...markdownIn("examples"),
];

function markdownIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md") && !name.includes("node_modules"))
    .map((name) => join(folder, name));
}

/** Without blocks of code, in which brackets mean something else. */
function read(path: string): string {
  return readFileSync(join(root, path), "utf8").replaceAll(/^```.*?^```/gms, "");
}

interface Link {
  /** Path from the root of the repository; the page itself for a mere anchor. */
  target: string;
  anchor: string | undefined;
}

/** Those within the repository. */
function linksOf(path: string): Link[] {
  const inline = [...read(path).matchAll(/\]\(([^)\s]+)\)/g)];
  const defined = [...read(path).matchAll(/^\[[^\]]+\]: (\S+)/gm)];
  const urls = [...inline, ...defined].map(([, url]) => url ?? "").filter((url) => !/^[a-z]+:/.test(url));
  return urls.map((url) => {
    const [file = "", anchor] = url.split("#");
    return { target: file === "" ? path : join(dirname(path), file), anchor };
  });
}

/** The anchors of headings as GitHub makes them. */
function anchorsOf(path: string): string[] {
  return [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .replaceAll(/\[([^\]]+)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(" ", "-"),
  );
}

describe.each([...pages, ...others])("%s", (path) => {
  it("has no broken link", () => {
    const broken = linksOf(path).filter(
      ({ target, anchor }) =>
        !existsSync(join(root, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor)),
    );
    expect(broken).toEqual([]);
  });
});

describe("the package", () => {
  let packed: string[] = [];

  beforeAll(() => {
    const printed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: root,
      encoding: "utf8",
    });
    const [{ files } = { files: [] }] = JSON.parse(printed) as { files: { path: string }[] }[];
    packed = files.map(({ path }) => path);
  });

  it.each(pages)("has %s and all that it links to", (path) => {
    const isPacked = (target: string): boolean =>
      statSync(join(root, target)).isDirectory()
        ? packed.some((each) => each.startsWith(`${relative(".", target)}/`))
        : packed.includes(target);
    expect(packed).toContain(path);
    expect(linksOf(path).filter(({ target }) => !isPacked(target))).toEqual([]);
  });

  it("has nothing that running an example leaves in its folder", () => {
    expect(packed.filter((path) => /node_modules|Pulumi\.[^/]+\.yaml$|\.iso$/.test(path))).toEqual([]);
  });

  it("names where it comes from in all three places or in none", () => {
    // There is no public repository yet. When there is one, `repository`, `homepage` and `bugs` of package.json name it, and
    // nothing else has to.
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, unknown>;
    const named = ["repository", "homepage", "bugs"].filter((key) => key in manifest);
    expect([0, 3]).toContain(named.length);
  });
});
