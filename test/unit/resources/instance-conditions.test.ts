// The wait for a port, against a port of this machine.
import { createServer, type Server } from "node:net";
import { afterEach, expect, it } from "vitest";

import { type Client } from "../../../provider/lxd/client/core/client";
import { ConsoleLog } from "../../../provider/resources/machine/console";
import { conditionCheck } from "../../../provider/resources/machine/conditions";
import { type WireInstance } from "../../../provider/lxd/api/instance/instances";

let server: Server | undefined;
afterEach(() => server?.close());

/** A daemon that tells of one machine with this machine's own address. */
const client = {
  find: () => {
    const address = { family: "inet", address: "127.0.0.1", scope: "global" };
    return Promise.resolve({ value: { processes: 1, network: { eth0: { type: "broadcast", addresses: [address] } } } });
  },
} as unknown as Client;

function look(port: number, name?: string): ReturnType<ReturnType<typeof conditionCheck>> {
  const wait = { condition: "port", port, timeout: "1s", ...(name === undefined ? {} : { interface: name }) } as const;
  const at = { project: "default", name: "web" };
  const log = new ConsoleLog(client, at);
  return conditionCheck(wait)({ client, at, wire: {} as WireInstance, leftMs: 1000, log });
}

async function listen(): Promise<number> {
  server = createServer();
  const listening = server;
  return new Promise((resolve) => {
    listening.listen(0, "127.0.0.1", () => resolve((listening.address() as { port: number }).port));
  });
}

it("a port that is listened on is there", async () => {
  const port = await listen();
  expect(await look(port)).toBeUndefined();
  expect(await look(port, "eth0")).toBeUndefined();
});

it("an interface without an address has no ports", async () => {
  expect(await look(await listen(), "eth1")).toEqual({
    text: "there is no address to connect to",
    detail: "its network interfaces are eth0 with 127.0.0.1",
  });
});

it("a port that nobody listens on is told with the addresses that were tried", async () => {
  const port = await listen();
  server?.close();
  expect(await look(port)).toEqual({ text: `nothing listens on port ${port} of 127.0.0.1` });
});
