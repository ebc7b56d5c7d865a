// `pulumi-lxd daemon`: runs the embedded daemon in the foreground until it is interrupted.
import { homedir } from "node:os";
import { join } from "node:path";

import { type EmbeddedDaemonOptions, startEmbeddedDaemon } from "../embedded";
import { type Input, UsageError } from "./command";
import { define } from "./define";
import { type Output } from "./output";

const about = `Starts a daemon for trying programs out, without LXD or Incus on the machine. Its guests are simulated: a VM that boots from an installer's ISO "installs" for a moment and powers itself off. A new folder begins as \`incus admin init --minimal\` leaves a server: with a storage pool, a bridge, and both in the profile "default".`;

const options = {
  dir: {
    type: "string",
    placeholder: "DIR",
    completes: "folder",
    help: `folder of its state, made when absent (default: ${join("~", ".pulumi-lxd", "daemon")})`,
  },
  socket: {
    type: "string",
    placeholder: "PATH",
    completes: "file",
    help: "unix socket to listen on (default: DIR/unix.socket)",
  },
  server: {
    type: "string",
    choices: ["incus", "lxd"],
    default: "incus",
    help: "product to present itself as",
  },
  "guest-boot-ms": {
    type: "string",
    placeholder: "MS",
    help: "how long guests boot and install (default: 1500)",
  },
  "copy-ms": { type: "string", placeholder: "MS", help: "how long bytes take to get into a pool (default: 0)" },
} as const;

type Values = Input<typeof options>["values"];

function toOptions(values: Values): EmbeddedDaemonOptions {
  const server = values.server === "lxd" ? "lxd" : "incus";
  const chosen: EmbeddedDaemonOptions = { dir: values.dir ?? join(homedir(), ".pulumi-lxd", "daemon"), server };
  if (values.socket !== undefined) chosen.socket = values.socket;
  const [boot, copy] = [values["guest-boot-ms"], values["copy-ms"]];
  if (boot !== undefined) chosen.guestBootMs = milliseconds("--guest-boot-ms", boot);
  if (copy !== undefined) chosen.copyMs = milliseconds("--copy-ms", copy);
  return chosen;
}

function milliseconds(option: string, text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!(value >= 0)) throw new UsageError(`${option}: must be a number of milliseconds.`);
  return value;
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
}

async function run({ values }: Input<typeof options>, output: Output): Promise<object> {
  const chosen = toOptions(values);
  // Installed before the start, so that an early signal also stops the daemon cleanly.
  const stopping = interrupted();
  const started = await startEmbeddedDaemon(chosen);
  const variable = chosen.server === "lxd" ? "LXD_SOCKET" : "INCUS_SOCKET";
  output.print(`Embedded ${chosen.server ?? "incus"} daemon, state in ${started.dir}. Stop it with Ctrl-C.`);
  output.print(`Point programs at it:\n\n  export ${variable}=${started.socket}\n`);
  await stopping;
  await started.stop();
  output.print("Stopped. The state stays: start it again with the same --dir.");
  return {};
}

export const daemonCommand = define({
  name: "daemon",
  summary: "start an embedded daemon to try programs out",
  about,
  arguments: [],
  options,
  run,
});
