// The files of an image as in real life, a folder for local ones, and the bytes that come of them.
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Content } from "../../../../provider/content/content";
import { type IsoFile } from "../../../../provider/content/generated-iso/tree";
import { bytesOf } from "../bytes-of";

export const read = async (content: Content): Promise<Buffer> => bytesOf((await content.open()).stream);
export const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "generated-iso-"));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

export const answers: Record<string, IsoFile> = {
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
