// The engine that this process works for: where it is, and when it wants the calls under way to end.
import { connect } from "node:net";
import { Calls } from "./calls";
import { whenCancelled } from "./cancel-request";

export interface EngineAddress {
  host: string;
  port: number;
}

/** Pulumi starts the dynamic-provider server with the engine's address as its argument. Undefined in any other process. */
export function engineAddress([, program = "", address = ""]: string[]): EngineAddress | undefined {
  const [, host, port] = /^([\w.]+):(\d+)$/.exec(address) ?? [];
  if (!program.includes("dynamic-provider") || host === undefined) return undefined;
  return { host, port: Number(port) };
}

/** How long calls that were told to end may take for it when there is nobody any more to tell what they came to. */
const endMs = 1000;
/** Between two looks whether they have. */
const lookMs = 20;
/** Between two connections to an engine that closes them: it closes each that says nothing, after some minutes. */
const pauseMs = 200;

let calls: Calls | undefined;

/** All calls of this process. */
export function callsOfEngine(): Calls {
  if (calls !== undefined) return calls;
  const all = (calls = new Calls());
  const engine = engineAddress(process.argv);
  if (engine === undefined) return all;
  whenCancelled(() => all.stop("the run was cancelled"));
  whenGone(engine, () => {
    all.stop("Pulumi's engine is gone");
    exitAfter(all);
  });
  return all;
}

/**
 * Tells when the engine has ended, however that came. The process's parent would not tell: it is a shell of Pulumi's, which
 * stays. So a connection is held on which nothing is said. When it breaks and nobody takes another one, the engine is gone.
 */
export function whenGone({ host, port }: EngineAddress, gone: () => void): void {
  // Read, as the end of a connection is not noticed otherwise.
  const socket = connect({ host, port }).unref().resume();
  const again = (): void => void setTimeout(() => whenGone({ host, port }, gone), pauseMs).unref();
  // Why it broke, the next attempt shows.
  let isRefused = false;
  socket.on("error", ({ code }: NodeJS.ErrnoException) => (isRefused = code === "ECONNREFUSED"));
  socket.on("close", () => (isRefused ? gone() : again()));
}

/** Nothing is left to be served, and this process would wait for ever. */
function exitAfter(all: Calls): void {
  const end = performance.now() + endMs;
  const timer = setInterval(() => {
    if (!all.areOver && performance.now() < end) return;
    clearInterval(timer);
    process.exit(1);
  }, lookMs);
}
