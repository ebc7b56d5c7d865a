// The serial console of a running machine, as a terminal that is connected to it.
import { type Client } from "../../client/core/client";
import { openStreams } from "../../client/core/operation-streams";
import { path } from "../../client/transport/paths";
import { type Product } from "../../client/discovery/server-info";
import { type InstanceAddress } from "./instances";

const closeMs = 2000;
/** LXD lets go of QEMU's socket as soon as its client goes, and QEMU drops what it has not read by then. */
const lingerMs: Record<Product, number> = { incus: 0, lxd: 500 };

export interface Console {
  type: (keys: string) => void;
  /** Resolves when the console is gone: the machine is off, or somebody else has taken it. */
  ended: Promise<unknown>;
  /** What was typed arrives before it is closed. */
  close: () => Promise<void>;
}

/**
 * Connects to the console. One client at a time can: what the machine writes meanwhile goes to that one and not to the
 * log (`readConsole`), and what it wrote before stays there.
 */
export async function openConsole(
  client: Client,
  { project, name }: InstanceAddress,
  receive: (text: string) => void,
): Promise<Console> {
  const request = { method: "POST" as const, path: path("instances", name, "console") };
  // A size that installers with menus are made for.
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
      // The daemon drops the console at once when `control` goes, whatever is still on its way.
      await Promise.race([terminal.ended, client.pause(closeMs)]);
      control.close();
    },
  };
}
