// The websockets of a command: in which order they are opened, and what is made of one that breaks.
import { createHash } from "node:crypto";
import { type IncomingMessage } from "node:http";
import { type Duplex } from "node:stream";
import { expect, test } from "vitest";
import { runCommand } from "../../../provider/lxd/api/instance/exec";
import { fakeDaemon, operation, sync } from "./fake-daemon";

const acceptKey = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const fds = { "0": "in", "1": "out", "2": "err", control: "control" };
const begun = operation({ metadata: { fds } });
const ended = operation({ status_code: 200, metadata: { return: 0 } });

/** A frame of the server: short, whole, not masked. */
const frame = (opcode: number, text: string): Buffer =>
  Buffer.concat([Buffer.from([0x80 | opcode, text.length]), Buffer.from(text)]);
const [endMark, output] = [frame(1, ""), frame(2, "hi\n")];

/** Runs a command on a daemon that sends this on the command's output, and closes it. */
async function run(...sent: Buffer[]): Promise<{ order: string[]; stdout: string; isWhole: boolean }> {
  const order: string[] = [];
  const { client, server } = await fakeDaemon({
    "POST /1.0/instances/box/exec": (_request, response) => {
      response.writeHead(202);
      response.end(JSON.stringify({ type: "async", status_code: 100, operation: "", metadata: begun }));
    },
    "GET /1.0/operations/op/wait": sync(ended),
  });
  const streams = new Map<string, Duplex>();
  server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
    const name = new URL(request.url ?? "", "http://daemon").searchParams.get("secret") ?? "";
    const key = String(request.headers["sec-websocket-key"]);
    const accepted = createHash("sha1")
      .update(key + acceptKey)
      .digest("base64");
    const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
    socket.write([...lines, `Sec-WebSocket-Accept: ${accepted}`, "", ""].join("\r\n"));
    socket.on("error", () => undefined);
    order.push(name);
    streams.set(name, socket);
    if (streams.size < 4) return;
    streams.get("out")?.end(Buffer.concat(sent));
    streams.get("err")?.end(endMark);
  });
  const finished = await runCommand(client, { project: "default", name: "box" }, { command: ["x"], timeoutMs: 5000 });
  expect(finished.exitCode).toBe(0);
  return { order, ...finished };
}

test("the input is opened last, as the command begins with it, and what it prints may be all there is", async () => {
  expect(await run(output, endMark)).toMatchObject({ order: ["control", "out", "err", "in"], stdout: "hi\n" });
});

test("an output that ends as the daemons end it is whole, and one that breaks is not", async () => {
  expect(await run(output, endMark)).toMatchObject({ isWhole: true });
  expect(await run(output)).toMatchObject({ stdout: "hi\n", isWhole: false });
});
