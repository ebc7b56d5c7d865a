// A form is read the same however its bytes are cut into chunks, and one that ends too early is an error.
import { describe, expect, it } from "vitest";
import { boundaryOf, partsOf } from "../../../provider/lxd/client/core/multipart";

const boundary = "b0unDary";
// What looks like a boundary and is none, and what would end a line.
const tricky = Buffer.from(`\r\n--b0unDar\r\n--\r\n-\r\r\n\0\xff--${boundary}`, "latin1");

const form = (bodies: Buffer[], end = "--\r\n"): Buffer =>
  Buffer.concat([
    ...bodies.flatMap((body, i) => [
      Buffer.from(`${i === 0 ? "" : "\r\n"}--${boundary}\r\nContent-Type: application/octet-stream\r\n`),
      Buffer.from(`Content-Disposition: form-data; name="part${i}"; filename=file${i}.x\r\n\r\n`),
      body,
    ]),
    Buffer.from(`\r\n--${boundary}${end}`),
  ]);

// eslint-disable-next-line @typescript-eslint/require-await -- as a stream would
async function* cut(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(chunks: AsyncIterable<Buffer>): Promise<object[]> {
  const parts = [];
  for await (const { name, fileName, body } of partsOf(chunks, boundary)) {
    const held: Buffer[] = [];
    for await (const chunk of body) held.push(chunk);
    parts.push({ name, fileName, body: Buffer.concat(held).toString("latin1") });
  }
  return parts;
}

describe("a form", () => {
  it.each([1, 2, 3, 7, 16, 4096])("in chunks of %d bytes has its parts, byte for byte", async (size) => {
    expect(await read(cut(form([tricky, Buffer.alloc(0), Buffer.alloc(300, "\r\n-")]), size))).toEqual([
      { name: "part0", fileName: "file0.x", body: tricky.toString("latin1") },
      { name: "part1", fileName: "file1.x", body: "" },
      { name: "part2", fileName: "file2.x", body: Buffer.alloc(300, "\r\n-").toString("latin1") },
    ]);
  });

  it("that ends too early is an error, wherever it ends", async () => {
    const whole = form([Buffer.from("one"), Buffer.from("two")], "--");
    for (let end = 0; end < whole.length; end++) {
      await expect(read(cut(whole.subarray(0, end), 5)), `cut at ${end}`).rejects.toThrow(/response is incomplete/);
    }
    expect(await read(cut(whole, 5))).toHaveLength(2);
  });

  it.each([
    ["multipart/form-data; boundary=abc", "abc"],
    ['multipart/form-data; charset=x; boundary="a b"', "a b"],
    ["application/octet-stream", undefined],
  ])("is known by its type: %s", (type, expected) => {
    expect(boundaryOf(type)).toBe(expected);
  });
});
