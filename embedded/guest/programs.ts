// The programs of simulated guests: some of busybox's, faithful to the extent implemented.
import { posix } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { toDaemonError } from "../errors";
import type { FileSystem } from "./file-system";
import { runScript } from "./shell";

export interface Process {
  files: FileSystem;
  environment: Record<string, string>;
  user: number;
  group: number;
  cwd: string;
  /** Aborted when the process is killed. */
  signal: AbortSignal;
}

export interface Ended {
  exitCode: number;
  stdout: string;
  stderr: string;
}

type Program = (process: Process, args: string[]) => Ended | Promise<Ended>;

const ended = (exitCode: number, stdout = "", stderr = ""): Ended => ({ exitCode, stdout, stderr });
const placeOf = ({ cwd }: Process, path: string): string => posix.resolve(cwd, path);

function cat(process: Process, args: string[]): Ended {
  const texts = args.map((path) => ({ path, bytes: process.files.read(placeOf(process, path)) }));
  const missing = texts.filter(({ bytes }) => bytes === undefined);
  const complaints = missing.map(({ path }) => `cat: can't open '${path}': No such file or directory\n`);
  const found = texts.map(({ bytes }) => bytes?.toString() ?? "").join("");
  return ended(missing.length > 0 ? 1 : 0, found, complaints.join(""));
}

function remove(process: Process, args: string[]): Ended {
  const isForced = args.some((arg) => /^-\w*f/.test(arg));
  for (const path of args.filter((arg) => !arg.startsWith("-"))) {
    if (process.files.find(placeOf(process, path)) !== undefined) process.files.delete(placeOf(process, path));
    else if (!isForced) return ended(1, "", `rm: can't remove '${path}': No such file or directory\n`);
  }
  return ended(0);
}

function identity({ user, group }: Process, [option]: string[]): Ended {
  if (option === undefined) return ended(0, `uid=${user} gid=${group}\n`);
  return ended(0, `${option === "-g" ? group : user}\n`);
}

function shell(process: Process, [option, script = ""]: string[]): Ended | Promise<Ended> {
  if (option !== "-c") return ended(2, "", "sh: the simulated shell runs `-c SCRIPT` only\n");
  return runScript(script, {
    environment: process.environment,
    run: async ([name = "", ...args]) => {
      const found = programOf([name, ...args]);
      return found === undefined ? ended(127, "", `sh: ${name}: not found\n`) : found(process);
    },
    write: (path, text, mode) => {
      const at = placeOf(process, path);
      const before = mode === "append" ? (process.files.read(at) ?? Buffer.alloc(0)) : Buffer.alloc(0);
      const owner = { uid: process.user, gid: process.group, mode: 0o644 };
      process.files.write(at, Buffer.concat([before, Buffer.from(text)]), owner);
    },
  });
}

const PROGRAMS: Record<string, Program> = {
  true: () => ended(0),
  false: () => ended(1),
  echo: (_, args) => ended(0, `${args.join(" ")}\n`),
  cat,
  rm: remove,
  id: identity,
  pwd: ({ cwd }) => ended(0, `${cwd}\n`),
  sh: shell,
  sleep: async ({ signal }, [seconds]) => {
    await sleep(Number(seconds) * 1000, undefined, { signal });
    return ended(0);
  },
};

/** The program that a command runs, or undefined if the guest does not have it. */
export function programOf(command: readonly string[]): ((process: Process) => Promise<Ended>) | undefined {
  const [path = "", ...args] = command;
  if (!path.includes("/") || /^\/(usr\/)?s?bin\//.test(path)) {
    const name = posix.basename(path);
    if (name === "busybox") return programOf(args);
    const program = PROGRAMS[name];
    if (program !== undefined) return async (process) => guarded(() => program(process, args));
  }
  return undefined;
}

/** A file system error is a failure of the program. */
async function guarded(run: () => Ended | Promise<Ended>): Promise<Ended> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError") throw error;
    return ended(1, "", `${toDaemonError(error).message}\n`);
  }
}
