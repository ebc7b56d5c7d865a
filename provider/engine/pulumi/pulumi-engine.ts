// Connects to the engine that this process serves and detects when its calls must end.
import { connect } from "node:net";
import { Calls } from "./calls";
import { whenCancelled } from "./cancel-request";

export interface EngineAddress {
  host: string;
  port: number;
}

/**
 * Pulumi starts the dynamic-provider server with the engine's address as its argument. Returns undefined in any other
 * process.
 */
export function engineAddress([, program = "", address = ""]: string[]): EngineAddress | undefined {
  const [, host, port] = /^([\w.]+):(\d+)$/.exec(address) ?? [];
  if (!program.includes("dynamic-provider") || host === undefined) return undefined;
  return { host, port: Number(port) };
}

/** How long cancelled calls may take to end when no engine is left to receive their results. */
const endMs = 1000;
/** Interval of the checks for their end. */
const lookMs = 20;
/** Interval between connections to the engine, which closes each idle connection after some minutes. */
const pauseMs = 200;

let calls: Calls | undefined;

/** All calls of this process. */
export function callsOfEngine(): Calls {
  if (calls !== undefined) return calls;
  const all = (calls = new Calls());
  const engine = engineAddress(process.argv);
  if (engine === undefined) return all;
  whenCancelled(() => all.stop("the run was cancelled"));
  endWith(engine, all);
  return all;
}

/** Ends the calls and then this process when the engine has exited. */
export function endWith(engine: EngineAddress, all: Calls): void {
  whenGone(engine, () => {
    all.stop("Pulumi's engine has exited");
    exitAfter(all);
  });
}

/**
 * Calls `gone` when the engine has exited, for whatever reason. Watching the parent process would not work: it is a
 * shell of Pulumi's, which stays. Instead, this keeps an idle connection; if it breaks and a new one is refused, the
 * engine has exited.
 */
export function whenGone({ host, port }: EngineAddress, gone: () => void): void {
  // Reads from the socket; otherwise Node does not notice the end of the connection.
  const socket = connect({ host, port }).unref().resume();
  const again = (): void => void setTimeout(() => whenGone({ host, port }, gone), pauseMs).unref();
  // The next attempt shows why the connection broke.
  let isRefused = false;
  socket.on("error", ({ code }: NodeJS.ErrnoException) => (isRefused = code === "ECONNREFUSED"));
  socket.on("close", () => (isRefused ? gone() : again()));
}

/** Nothing is left to serve, and this process would otherwise wait forever. */
function exitAfter(all: Calls): void {
  const end = performance.now() + endMs;
  const timer = setInterval(() => {
    if (!all.areOver && performance.now() < end) return;
    clearInterval(timer);
    process.exit(1);
  }, lookMs);
}
