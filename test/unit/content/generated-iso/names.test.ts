// The names in a generated image, and its label: refused where they could not be.
import { truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { generatedIso, generatedIsoProblems } from "../../../../provider/content/generated-iso/generated-iso";
import { type IsoFile } from "../../../../provider/content/generated-iso/tree";
import { answers, folder, read } from "./answers";
import { readIso } from "./iso-reader";

describe("a label", () => {
  it.each(["cidata", "CIDATA", "OEMDRV", "a", "My Answers-2_x", "SIXTEEN_CHARS_16"])(
    "is written as given: %s",
    async (label) => {
      const image = await read(await generatedIso({ label, files: answers }));
      expect([readIso(image, "rock-ridge").label, readIso(image, "joliet").label]).toEqual([label, label]);
    },
  );

  it("of more than sixteen characters is whole for Linux and cut for Windows", async () => {
    const label = "RHEL-10-x86_64-kickstart-answers";
    const image = await read(await generatedIso({ label, files: answers }));
    expect(readIso(image, "rock-ridge").label).toBe(label);
    expect(readIso(image, "joliet").label).toBe("RHEL-10-x86_64-k");
  });

  it.each([
    ["", "it is empty"],
    ["x".repeat(33), "it has 33 characters, more than 32"],
    [" x", "begins or ends with a space"],
    ["a/b", 'it contains the character "/"'],
    ["ä", 'it contains the character "ä"'],
    ["a\n", "begins or ends"],
    ["a\tb", 'it contains the character "\\t"'],
  ])("%j is refused", async (label, why) => {
    await expect(generatedIso({ label, files: answers })).rejects.toThrow(why);
    await expect(generatedIso({ label, files: answers })).rejects.toMatchObject({ code: "invalid-argument" });
  });
});

describe("a path", () => {
  const deep = (folders: number) => `${"d/".repeat(folders)}file`;

  it.each(["x".repeat(103), "日".repeat(84) + "x", deep(7), "C++ & co [1].txt", "😀.txt"])(
    "is taken: %s",
    async (path) => {
      const image = await read(await generatedIso({ label: "x", files: { [path]: { text: "x" } } }));
      for (const space of ["rock-ridge", "joliet"] as const) expect(readIso(image, space).files[0]?.path).toBe(path);
    },
  );

  it.each([
    ["", 'the path "" is empty'],
    ["a\\b", "contains a backslash"],
    ["/a", "is absolute"],
    ["a/", "ends with /"],
    ["a//b", "contains an empty name"],
    ["../a", "contains . or .."],
    ["./a", "contains . or .."],
    ["a/../b", "contains . or .."],
    ["C:/a", 'contains the character ":"'],
    ["what?", 'contains the character "?"'],
    ["a\u0001", 'contains the character "\\u0001"'],
    ["end.", 'contains the name "end.", from which Windows would remove the trailing dots and spaces'],
    ["end /a", 'contains the name "end ", from which Windows would remove the trailing dots and spaces'],
    ["x".repeat(104), "of 104 characters, more than 103"],
    ["日".repeat(85), "of 255 bytes of UTF-8, more than 253"],
    [deep(8), "is more than 7 folders deep"],
    [Array.from({ length: 7 }, () => "x".repeat(40)).join("/"), "has 286 characters, more than 240"],
    ["\ud800", "contains an unpaired surrogate"],
  ])("%j is refused", async (path, why) => {
    const refused = generatedIso({ label: "x", files: { [path]: { text: "" } } });
    await expect(refused).rejects.toThrow(why);
    await expect(refused).rejects.toMatchObject({ code: "invalid-argument" });
  });

  it.each([
    [["Readme", "README"], 'the path "Readme" conflicts with the file "README"'],
    [["a/x", "A/y"], 'the path "a/x" conflicts with the folder "A"'],
    [["a", "a/b"], 'the path "a/b" conflicts with the file "a"'],
    [["a", "A/b"], 'the path "a" conflicts with the folder "A"'],
    [["É", "é"], 'the path "é" conflicts with the file "É"'],
  ])("is refused if Windows could not tell it from another: %j", async (paths, why) => {
    const files = Object.fromEntries(paths.map((path) => [path, { text: "" }]));
    await expect(generatedIso({ label: "x", files })).rejects.toThrow(why);
  });

  it("may be named like a property of every object", async () => {
    const files = JSON.parse('{ "__proto__": { "text": "x" }, "constructor": { "text": "y" } }') as Record<
      string,
      IsoFile
    >;
    const { files: found } = readIso(await read(await generatedIso({ label: "x", files })), "joliet");
    expect(found.map(({ path }) => path)).toEqual(["__proto__", "constructor"]);
  });
});

describe("problems", () => {
  it("are told together", async () => {
    const files: Record<string, IsoFile> = { "/a": { text: "" }, b: { file: "no/such/file" }, c: { file: tmpdir() } };
    const refused = generatedIso({ label: "a/b", files });
    await expect(refused).rejects.toThrow(
      /^generate the ISO image "a\/b": 4 problems:\n {2}the label .*\n {2}the path "\/a" is absolute\n {2}the file "b" .* there is no such file\n {2}the file "c" .* it is a folder\n {2}\[invalid-argument\]$/,
    );
  });

  it("are found without looking at files", () => {
    const files: Record<string, IsoFile> = { "/a": { text: "" }, b: { file: "no/such/file" } };
    expect(generatedIsoProblems({ label: "", files }).map(({ at }) => at)).toEqual(["label", { path: "/a" }]);
    expect(generatedIsoProblems({ label: "x", files: {} }).map(({ at }) => at)).toEqual(["files"]);
    expect(generatedIsoProblems({ label: "x", files: answers })).toEqual([]);
  });

  it("include having no files", async () => {
    await expect(generatedIso({ label: "x", files: {} })).rejects.toThrow("there are no files [invalid-argument]");
  });

  it("include a file that is too large", async () => {
    const path = join(await folder(), "large");
    await writeFile(path, "");
    await truncate(path, 2 ** 32 - 1);
    const refused = generatedIso({ label: "x", files: { "big.wim": { file: path } } });
    await expect(refused).rejects.toThrow(
      'the file "big.wim" has 4294967295 bytes, more than the maximum of 4294967294',
    );
  });
});
