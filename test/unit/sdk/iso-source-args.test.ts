// What programs write as the files of an image, as it reaches the provider.
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { toEntry } from "../../../sdk/resource/file-entry";
import { type IsoFile, toSource } from "../../../sdk/iso-volume/iso-source";

const { StringAsset, FileAsset, FileArchive, RemoteAsset, AssetArchive } = pulumi.asset;

const owner = 'IsoVolume "answers"';

function sent(file: IsoFile): Promise<unknown> {
  const source = toSource({ label: "x", files: { file } }, owner) as { files: { file: pulumi.Output<unknown> } };
  return new Promise((resolve) => source.files.file.apply(resolve));
}

describe("a file of an image", () => {
  it("is text", async () => expect(await sent("text")).toEqual({ text: "text" }));

  it("is bytes", async () => {
    const bytes = Uint8Array.from([0, 255, 10]);
    expect(await sent(bytes)).toEqual({ base64: "AP8K" });
    expect(await sent(Buffer.from(bytes))).toEqual({ base64: "AP8K" });
    expect(await sent(pulumi.output(bytes))).toEqual({ base64: "AP8K" });
    expect(await sent(Promise.resolve(bytes))).toEqual({ base64: "AP8K" });
    expect(await sent(Uint8Array.from([]))).toEqual({ base64: "" });
    const long = Uint8Array.from({ length: 300 }, (_, i) => i % 256);
    expect(await sent(pulumi.output(long))).toEqual({ base64: Buffer.from(long).toString("base64") });
  });

  it("is an asset", async () => {
    expect(await sent(new StringAsset("text"))).toEqual({ text: "text" });
    expect(await sent(new StringAsset(Promise.resolve("text")))).toEqual({ text: "text" });
    expect(await sent(pulumi.output(new StringAsset("")))).toEqual({ text: "" });
    expect(await sent(new FileAsset("./a.txt"))).toEqual({ file: "./a.txt" });
    expect(await sent(new FileArchive("./folder"))).toEqual({ folder: "./folder" });
  });

  it("is nothing else", () => {
    const others: unknown[] = [new RemoteAsset("https://x/y"), new AssetArchive({}), { a: 1 }, 5, null];
    const where = `${owner}: source.files["a.txt"]`;
    const kinds = "write text, bytes, a FileAsset or a StringAsset";
    for (const other of others) {
      const asImage = `${where} is not a file: ${kinds}, or a FileArchive of a folder.`;
      expect(() => toEntry(other, { where, orFolder: true })).toThrow(asImage);
    }
    expect(() => toEntry(new FileArchive("./folder"), { where })).toThrow(`${where} is not a file: ${kinds}.`);
  });

  it("stays a secret", async () => {
    const source = toSource({ label: "x", files: { file: pulumi.secret("s") } }, owner) as {
      files: { file: pulumi.Output<unknown> };
    };
    expect(await pulumi.isSecret(source.files.file)).toBe(true);
  });
});
