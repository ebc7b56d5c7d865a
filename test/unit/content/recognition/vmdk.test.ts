// What the description of a VMDK says of other files.
import { expect, it } from "vitest";
import { bytesOfHead } from "../../../../provider/content/recognition/bytes";
import { vmdkLack } from "../../../../provider/content/recognition/vmdk";

/** A VMDK whose description begins in its second sector. */
function vmdk(description: string): Buffer {
  const head = Buffer.alloc(512);
  head.write("KDMV", "latin1");
  head.writeBigUInt64LE(1n, 28);
  head.writeBigUInt64LE(1n, 36);
  const text = Buffer.alloc(512);
  text.write(`createType="monolithicSparse"\n${description}`);
  return Buffer.concat([head, text]);
}

it.each(["12345678", "1234567", "0", "FFFFFFFE"])("a parent with the ID %s is a backing file", async (id) => {
  const file = vmdk(`parentCID=${id}\nparentFileNameHint="base.vmdk"\n`);
  expect(await vmdkLack(bytesOfHead(file, true))).toEqual({ needs: "backing-file", name: "base.vmdk" });
});

it("a disk whose parent has the ID ffffffff has none", async () => {
  expect(await vmdkLack(bytesOfHead(vmdk("parentCID=ffffffff\n"), true))).toBeUndefined();
});
