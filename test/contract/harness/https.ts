// Where real daemons listen for HTTPS: made so once before all tests, as files that run side by side share them.
import { type AddressInfo, createServer } from "node:net";
import { RawClient } from "./raw";

interface ServerState {
  config?: Record<string, string>;
}

/** `host:port` of a daemon that `listen` was called for, or that had one before. */
export async function httpsAddress(raw: RawClient): Promise<string> {
  const address = await configured(raw);
  if (address === "") throw new Error("the daemon has no core.https_address: test/global-setup.ts gives it one");
  // A server that listens everywhere names no host.
  return address.replace(/^(\[::\]|0\.0\.0\.0|\*)?:/, "127.0.0.1:");
}

/** A daemon that listens is left as it is, and one that does not goes on listening: other runs may use it by then. */
export async function listen(socket: string): Promise<void> {
  const raw = new RawClient(() => socket);
  if ((await configured(raw)) !== "") return;
  const { status, body } = await raw.patch("/1.0", {
    config: { "core.https_address": `127.0.0.1:${await freePort()}` },
  });
  if (status !== 200) throw new Error(`set core.https_address of ${socket}: ${body.error ?? status}`);
}

async function configured(raw: RawClient): Promise<string> {
  const { metadata } = (await raw.get("/1.0")).body;
  return (metadata as ServerState | undefined)?.config?.["core.https_address"] ?? "";
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
