// Generated images: the same for the same files, readable by each of their three names.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { generatedIso } from "../../../../provider/content/generated-iso/generated-iso";
import { type IsoFile } from "../../../../provider/content/generated-iso/tree";
import { bytesOf } from "../bytes-of";
import { answers, folder, read, sha256 } from "./answers";
import { readIso } from "./iso-reader";
import { randomFiles } from "./random-tree";

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
    const { sizeBytes } = await generatedIso(
      { label: "x", files: answers },
      { report: (done) => void seen.push(done) },
    );
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
