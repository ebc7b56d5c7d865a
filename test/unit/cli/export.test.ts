// An export that goes wrong in the middle leaves no file, under no name.
import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { exportCommand } from "../../../cli/export";
import { type Printed, runCommand } from "../../contract/harness/command";
import { fakeDaemon, sync } from "../client/fake-daemon";

const bytes = Buffer.from("an image");
const fingerprint = createHash("sha256").update(bytes).digest("hex");
const image = { fingerprint, architecture: "x86_64", size: bytes.length, public: false };
let to = "";
beforeEach(async () => {
  to = await mkdtemp(join(tmpdir(), "pulumi-lxd-export-"));
});
afterEach(() => rm(to, { recursive: true, force: true }));

type Handler = Parameters<typeof fakeDaemon>[0][string];

async function exported(answer: Handler): Promise<Printed> {
  const daemon = await fakeDaemon({
    "GET /1.0/images": sync([image]),
    [`GET /1.0/images/${fingerprint}/export`]: answer,
  });
  return runCommand(exportCommand, "image", fingerprint, "--to", to, "--socket", daemon.client.transport.place);
}

it("of bytes that are not the image's", async () => {
  const { code, err } = await exported((_request, response) => response.end("another image"));
  expect({ code, err }).toMatchObject({
    code: 1,
    err: expect.stringMatching(/not the image[^]*content-mismatch/) as string,
  });
  expect(await readdir(to)).toEqual([]);
});

it("whose connection breaks", async () => {
  const { code, err } = await exported((_request, response) => {
    response.writeHead(200, { "Content-Length": "100" });
    response.write("half", () => response.destroy());
  });
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining("[unavailable] (GET") as string });
  expect(await readdir(to)).toEqual([]);
});

it("whose second file never comes", async () => {
  const { code, err } = await exported((_request, response) => {
    response.writeHead(200, { "Content-Type": "multipart/form-data; boundary=x" });
    response.end('--x\r\nContent-Disposition: form-data; name="metadata"; filename="m"\r\n\r\nmeta\r\n--x\r\n');
  });
  expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining("response is incomplete") as string });
  expect(await readdir(to)).toEqual([]);
});

it("under a name that leads elsewhere", async () => {
  const { code, err } = await exported((_request, response) => {
    response.writeHead(200, { "Content-Disposition": "inline;filename=../evil" });
    response.end(bytes);
  });
  expect({ code, err }).toMatchObject({
    code: 1,
    err: expect.stringContaining('the unexpected name "../evil"') as string,
  });
  expect(await readdir(to)).toEqual([]);
});

it("of what is right is there", async () => {
  expect(await exported((_request, response) => response.end(bytes))).toMatchObject({ code: 0 });
  expect(await readdir(to)).toEqual([fingerprint]);
});
