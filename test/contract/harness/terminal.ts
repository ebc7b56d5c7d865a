// A client of an instance's console, with nothing but undici: what it is told, and keys to press.
import { Agent, WebSocket } from "undici";
import { expect } from "vitest";
import { type TestDaemon } from "./daemons";
import { textAt } from "./raw";

export interface Terminal {
  /** What has come so far. */
  text(): string;
  press(keys: string): void;
  /** Resolves when the daemon has let go of it. */
  close(): Promise<void>;
}

export async function openTerminal(daemon: TestDaemon, instancePath: string): Promise<Terminal> {
  const { body } = await daemon.raw.post(`${instancePath}/console`, { type: "console", width: 80, height: 25 });
  const operation = textAt(body, "metadata", "id");
  const dispatcher = new Agent({ connect: { socketPath: daemon.socket } });
  const socketOf = async (name: string): Promise<WebSocket> => {
    const secret = textAt(body, "metadata", "metadata", "fds", name);
    const url = `ws://daemon/1.0/operations/${operation}/websocket?secret=${secret}`;
    const socket = new WebSocket(url, { dispatcher });
    socket.binaryType = "arraybuffer";
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", ({ message }) => reject(new Error(`no console: ${message}`)));
    });
    return socket;
  };
  const control = await socketOf("control");
  let text = "";
  const terminal = await socketOf("0");
  terminal.addEventListener("message", ({ data }) => {
    if (data instanceof ArrayBuffer) text += Buffer.from(data).toString();
  });
  const isOver = async (): Promise<boolean> => (await daemon.raw.get(`/1.0/operations/${operation}`)).status === 404;
  return {
    text: () => text,
    press: (keys) => terminal.send(Buffer.from(keys)),
    close: async () => {
      terminal.close();
      control.close();
      const isDone = async (): Promise<boolean> =>
        (await isOver()) ||
        textAt((await daemon.raw.get(`/1.0/operations/${operation}`)).body, "metadata", "status") !== "Running";
      await expect.poll(isDone, { timeout: 20_000 }).toBe(true);
      await dispatcher.destroy();
    },
  };
}
