// Generated images: the same for the same files, readable by each of their three names, refused where they could not be.
import { createHash } from "node:crypto";
import { appendFile, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Content } from "../../../../provider/content/content";
import { generatedIso, generatedIsoProblems } from "../../../../provider/content/generated-iso/generated-iso";
import { type IsoFile } from "../../../../provider/content/generated-iso/tree";
import { readIso } from "./iso-reader";
import { randomFiles } from "./random-tree";
import { bytesOf } from "../bytes-of";

const read = async (content: Content) => bytesOf((await content.open()).stream);
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "generated-iso-"));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

const answers: Record<string, IsoFile> = {
  "autounattend.xml": { text: '<?xml version="1.0" encoding="utf-8"?>\r\n<unattend/>\r\n' },
  "user-data": { text: "#cloud-config\n" },
  "meta-data": { bytes: new Uint8Array() },
  "$OEM$/$$/Setup/Scripts/SetupComplete.cmd": { text: "exit 0\r\n" },
  "drivers/NetKVM/w11/amd64/netkvm.inf": { bytes: Buffer.alloc(2048, 1) },
  "größe und 日本.txt": { text: "ü" },
  "a very long name that is too long for the record of its folder and so continues elsewhere, up to 103 ch": {
    text: "x",
  },
};

describe("an image", () => {
  it("is the same for the same files for ever", async () => {
    // Whoever changes this replaces the volumes of all users: say so in the change log.
    const { digest, sizeBytes } = await generatedIso({ label: "cidata", files: answers });
    expect({ digest, sizeBytes }).toEqual({
      digest: "sha256:8377e8832f1b7176ed4f32305e1d6151d3517923e6817936d6eca595f4a6239e",
      sizeBytes: 100_352,
    });
  });

  it("does not depend on the order in which the files are given", async () => {
    const files = Object.fromEntries(Object.entries(answers).reverse());
    const [one, other] = [
      await generatedIso({ label: "x", files: answers }),
      await generatedIso({ label: "x", files }),
    ];
    expect(one.digest).toBe(other.digest);
  });

  it("does not depend on whether a file is text, bytes or local", async () => {
    const path = join(await folder(), "local");
    await writeFile(path, "é\n");
    const sources: IsoFile[] = [{ text: "é\n" }, { bytes: Buffer.from("é\n") }, { file: path }];
    const images = await Promise.all(sources.map((source) => generatedIso({ label: "x", files: { a: source } })));
    expect(new Set(images.map(({ digest }) => digest)).size).toBe(1);
  });

  it("has the size and the hash that it announced, each time it is opened", async () => {
    const iso = await generatedIso({ label: "x", files: answers });
    for (let i = 0; i < 2; i += 1) {
      const { stream, sizeBytes, received } = await iso.open();
      const bytes = await bytesOf(stream);
      expect([bytes.length, sizeBytes]).toEqual([iso.sizeBytes, iso.sizeBytes]);
      expect(`sha256:${sha256(bytes)}`).toBe(iso.digest);
      await expect(received).resolves.toEqual({ sha256: sha256(bytes), sizeBytes: bytes.length });
    }
  });

  it("differs by its label and by any byte", async () => {
    const digest = async (label: string, text: string) =>
      (await generatedIso({ label, files: { a: { text } } })).digest;
    expect(new Set([await digest("x", "a"), await digest("X", "a"), await digest("x", "b")]).size).toBe(3);
  });

  it("tells how far its hash has come", async () => {
    const seen: number[] = [];
    const { sizeBytes } = await generatedIso({ label: "x", files: answers }, (done) => void seen.push(done));
    expect(seen.at(-1)).toBe(sizeBytes);
  });
});

describe("what is in an image", () => {
  it.each(Array.from({ length: 60 }, (_, i) => i + 1))("is what was put there (random tree %i)", async (seed) => {
    const files = randomFiles(seed, seed % 10 === 0 ? 600 : 60);
    const image = await read(await generatedIso({ label: `tree ${seed}`, files }));
    const expected = Object.entries(files).map(([path, { bytes }]) => `${path} ${sha256(Buffer.from(bytes))}`);
    for (const space of ["rock-ridge", "joliet"] as const) {
      const volume = readIso(image, space);
      expect(volume.files.map(({ path, bytes }) => `${path} ${sha256(bytes)}`).sort()).toEqual(expected.sort());
      expect(volume.pathTable).toHaveLength(volume.folders.length + 1);
    }
    const plain = readIso(image, "iso9660");
    expect(new Set(plain.files.map(({ path }) => path)).size).toBe(expected.length);
  });

  it("has plain names that are unique and as near as they can be", async () => {
    const names = ["a b.txt", "a-b.txt", "a_b.txt", ".profile", "x.tar.gz", "noext", "y.averylongextension", "ä"];
    const files = Object.fromEntries(names.map((name) => [name, { text: name }]));
    const { files: found } = readIso(await read(await generatedIso({ label: "x", files })), "iso9660");
    expect(Object.fromEntries(found.map(({ path, bytes }) => [bytes.toString(), path]))).toEqual({
      "a b.txt": "A_B.TXT;1",
      "a-b.txt": "A_B_1.TXT;1",
      "a_b.txt": "A_B_2.TXT;1",
      ".profile": "_PROFILE.;1",
      "x.tar.gz": "X_TAR.GZ;1",
      noext: "NOEXT.;1",
      "y.averylongextension": "Y.AVERYLON;1",
      ä: "_.;1",
    });
  });

  it("keeps thousands of like names apart", async () => {
    const paths = Array.from({ length: 3_000 }, (_, i) => `${"same beginning ".repeat(3)}${i}`);
    const files = Object.fromEntries(paths.map((path) => [path, { text: "x" }]));
    const { files: found } = readIso(await read(await generatedIso({ label: "x", files })), "iso9660");
    expect(new Set(found.map(({ path }) => path)).size).toBe(paths.length);
  });
});

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
    ["a/b", 'it has the character "/"'],
    ["ä", 'it has the character "ä"'],
    ["a\n", "begins or ends"],
    ["a\tb", 'it has the character "\\t"'],
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
    ["a\\b", "has a backslash"],
    ["/a", "is absolute"],
    ["a/", "ends with /"],
    ["a//b", "has an empty name in it"],
    ["../a", "has . or .. in it"],
    ["./a", "has . or .. in it"],
    ["a/../b", "has . or .. in it"],
    ["C:/a", 'has the character ":"'],
    ["what?", 'has the character "?"'],
    ["a\u0001", 'has the character "\\u0001"'],
    ["end.", 'has the name "end.", whose end Windows would cut off'],
    ["end /a", 'has the name "end ", whose end Windows would cut off'],
    ["x".repeat(104), "of 104 characters, more than 103"],
    ["日".repeat(85), "of 255 bytes of UTF-8, more than 253"],
    [deep(8), "is more than 7 folders deep"],
    [Array.from({ length: 7 }, () => "x".repeat(40)).join("/"), "has 286 characters, more than 240"],
    ["\ud800", "has half of a surrogate pair in it"],
  ])("%j is refused", async (path, why) => {
    const refused = generatedIso({ label: "x", files: { [path]: { text: "" } } });
    await expect(refused).rejects.toThrow(why);
    await expect(refused).rejects.toMatchObject({ code: "invalid-argument" });
  });

  it.each([
    [["Readme", "README"], 'the path "Readme" cannot be there together with the file "README"'],
    [["a/x", "A/y"], 'the path "a/x" cannot be there together with the folder "A"'],
    [["a", "a/b"], 'the path "a/b" cannot be there together with the file "a"'],
    [["a", "A/b"], 'the path "a" cannot be there together with the folder "A"'],
    [["É", "é"], 'the path "é" cannot be there together with the file "É"'],
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
      /^make the ISO image "a\/b": 4 things are wrong:\n {2}the label .*\n {2}the path "\/a" is absolute\n {2}the file "b" .* there is no such file\n {2}the file "c" .* it is a folder\n {2}\[invalid-argument\]$/,
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
    await expect(refused).rejects.toThrow('the file "big.wim" has 4294967295 bytes, more than the 4294967294 that');
  });
});

describe("a local file", () => {
  const changes: [string, (path: string) => Promise<void>][] = [
    ["has other bytes", (path) => writeFile(path, "other, of like length")],
    ["has grown", (path) => appendFile(path, "!")],
    ["has shrunk", (path) => truncate(path, 3)],
  ];

  it.each(changes)("that %s since the image was planned fails the stream before its end", async (_, change) => {
    const path = join(await folder(), "net.inf");
    await writeFile(path, "bytes of equal length");
    const files: Record<string, IsoFile> = { "drivers/net.inf": { file: path }, "z.txt": { text: "after it" } };
    const iso = await generatedIso({ label: "x", files });
    await change(path);
    const { stream, received } = await iso.open();
    let sizeBytes = 0;
    const count = new Writable({
      write: (chunk: Buffer, _, done) => {
        sizeBytes += chunk.length;
        done();
      },
    });
    await expect(pipeline(stream, count)).rejects.toMatchObject({ code: "content-mismatch" });
    await expect(received).rejects.toThrow(
      'make the ISO image "x": the file "drivers/net.inf" has changed since the image was planned [content-mismatch]',
    );
    expect(sizeBytes).toBeLessThan(iso.sizeBytes);
  });

  it("that is gone when the image is opened is named", async () => {
    const path = join(await folder(), "a");
    await writeFile(path, "a");
    const iso = await generatedIso({ label: "x", files: { a: { file: path } } });
    await rm(path);
    await expect(read(iso)).rejects.toThrow(
      `the file "a" cannot be taken from ${path}: there is no such file [not-found]`,
    );
  });

  it("is read through links, in pieces", async () => {
    const path = join(await folder(), "large");
    await writeFile(path, Buffer.alloc(3_000_001, "abc"));
    const iso = await generatedIso({ label: "x", files: { large: { file: path } } });
    let largest = 0;
    for await (const chunk of (await iso.open()).stream) largest = Math.max(largest, chunk.length);
    expect(largest).toBeLessThanOrEqual(512 * 1024);
  });
});
