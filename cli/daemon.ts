// `pulumi-lxd daemon`: the embedded daemon in the foreground, until it is interrupted.
import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { type EmbeddedDaemonOptions, startEmbeddedDaemon } from "../embedded";
import { type Command, UsageError } from "./command";

const HELP = `Usage: pulumi-lxd daemon [options]

Starts a daemon for trying programs out, without LXD or Incus on the machine. Its guests are simulated:
a VM that boots from an installer's ISO "installs" for a moment and powers itself off.

Options:
  --dir DIR              folder of its state, made when absent  (default: ${join("~", ".pulumi-lxd", "daemon")})
  --socket PATH          unix socket to listen on               (default: DIR/unix.socket)
  --server incus|lxd     product to present itself as           (default: incus)
  --guest-boot-ms MS     how long guests boot and install       (default: 1500)
  --copy-ms MS           how long bytes take to get into a pool (default: 0)
  -h, --help             this text`;

const OPTIONS = {
  dir: { type: "string" },
  socket: { type: "string" },
  server: { type: "string", default: "incus" },
  "guest-boot-ms": { type: "string" },
  "copy-ms": { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

type Values = ReturnType<typeof parse>;

const parse = (args: string[]) => parseArgs({ args, options: OPTIONS, strict: true }).values;

function toOptions(values: Values): EmbeddedDaemonOptions {
  const { server } = values;
  if (server !== "incus" && server !== "lxd") throw new UsageError(`--server ${server}: must be incus or lxd.`);
  const options: EmbeddedDaemonOptions = { dir: values.dir ?? join(homedir(), ".pulumi-lxd", "daemon"), server };
  if (values.socket !== undefined) options.socket = values.socket;
  const [boot, copy] = [values["guest-boot-ms"], values["copy-ms"]];
  if (boot !== undefined) options.guestBootMs = milliseconds("--guest-boot-ms", boot);
  if (copy !== undefined) options.copyMs = milliseconds("--copy-ms", copy);
  return options;
}

function milliseconds(option: string, text: string): number {
  const value = Number(text);
  if (!(value >= 0)) throw new UsageError(`${option}: must be a number of milliseconds.`);
  return value;
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

async function run(args: string[]): Promise<number> {
  const values = parse(args);
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const options = toOptions(values);
  // Listened for before the start, so that an early signal stops the daemon as cleanly as a late one.
  const stopping = interrupted();
  const daemon = await startEmbeddedDaemon(options);
  const variable = options.server === "lxd" ? "LXD_SOCKET" : "INCUS_SOCKET";
  console.log(`Embedded ${options.server ?? "incus"} daemon, state in ${daemon.dir}. Stop it with Ctrl-C.`);
  console.log(`Point programs at it:\n\n  export ${variable}=${daemon.socket}\n`);
  await stopping;
  await daemon.stop();
  console.log("Stopped. The state stays: start it again with the same --dir.");
  return 0;
}

export const daemon: Command = { summary: "start an embedded daemon to try programs out", run };
