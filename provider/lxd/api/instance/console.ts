// Connects to the serial console of a running instance as a terminal.
import { type Client } from "../../client/core/client";
import { openStreams } from "../../client/core/operation-streams";
import { path } from "../../client/transport/paths";
import { type Product } from "../../client/discovery/server-info";
import { type InstanceAddress } from "./instances";

const closeMs = 2000;
/** LXD closes QEMU's socket as soon as its client disconnects, and QEMU drops what it has not read by then. */
const lingerMs: Record<Product, number> = { incus: 0, lxd: 500 };

export interface Console {
  type: (keys: string) => void;
  /** Resolves when the console closes: the instance has stopped, or another client has taken over. */
  ended: Promise<unknown>;
  /** Closes the console after everything typed has arrived. */
  close: () => Promise<void>;
}

/**
 * Connects to the console. Only one client can at a time: output goes to that client and not to the log
 * (`readConsole`), which keeps earlier output.
 */
export async function openConsole(
  client: Client,
  { project, name }: InstanceAddress,
  receive: (text: string) => void,
): Promise<Console> {
  const request = { method: "POST" as const, path: path("instances", name, "console") };
  // A size that installers with menus expect.
  const json = { type: "console", width: 80, height: 25 };
  const operation = await client.begin({ ...request, query: { project }, json });
  const decoder = new TextDecoder();
  const { "0": terminal, control } = await openStreams<"0" | "control">(client, operation, {
    request,
    receive: [
      ["control", () => undefined],
      ["0", (bytes) => receive(decoder.decode(bytes, { stream: true }))],
    ],
  });
  const { product } = await client.info();
  let typedAt = -Infinity;
  return {
    type: (keys) => {
      typedAt = performance.now();
      terminal.send(Buffer.from(keys));
    },
    ended: terminal.ended,
    close: async () => {
      const restMs = typedAt + lingerMs[product] - performance.now();
      if (restMs > 0) await Promise.race([terminal.ended, client.pause(restMs)]);
      terminal.close();
      // The server closes the console as soon as `control` closes, even if data is still in transit.
      await Promise.race([terminal.ended, client.pause(closeMs)]);
      control.close();
    },
  };
}
