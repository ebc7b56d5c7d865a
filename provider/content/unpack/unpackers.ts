// Programs that decompress a stream: Node itself where it can, otherwise a program of this machine.
import { execFile, spawn } from "node:child_process";
import { type Duplex, type Readable, type Writable } from "node:stream";
import { promisify } from "node:util";
import { LxdError } from "../../base/errors";
import { nodeDecompressors } from "./node-decompressors";
import { type Unpackable } from "./unpackable";

/** Rejects if this machine cannot decompress it. */
export async function requireUnpacker(by: Unpackable): Promise<void> {
  if (nodeDecompressors[by] !== undefined) return;
  await promisify(execFile)(by, ["--help"]).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw missing(by);
  });
}

export interface Unpacker {
  input: Writable;
  output: Readable;
  /** Settles once everything was written, or cannot be. */
  done: Promise<void>;
  stop(): void;
}

export function startUnpacker(by: Unpackable): Unpacker {
  const make = nodeDecompressors[by];
  return make === undefined ? startProgram(by) : inProcess(make(), by);
}

function inProcess(transform: Duplex, by: Unpackable): Unpacker {
  const done = new Promise<void>((resolve, reject) => {
    transform.once("error", (error) => reject(damaged(by, error.message)));
    transform.once("end", resolve);
    transform.once("close", () => reject(damaged(by, "it was stopped")));
  });
  return { input: transform, output: transform, done, stop: () => transform.destroy() };
}

function startProgram(by: Unpackable): Unpacker {
  const child = spawn(by, ["-d", "-c"], { stdio: ["pipe", "pipe", "pipe"] });
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => (words += chunk.toString()));
  // The program's own exit tells why it no longer reads.
  child.stdin.on("error", () => undefined);
  const done = new Promise<void>((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => reject(error.code === "ENOENT" ? missing(by) : error));
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(damaged(by, words.trim().replaceAll(/^\w+: (\(stdin\)|\/\*stdin\*\\?): /gm, "")));
    });
  });
  return { input: child.stdin, output: child.stdout, done, stop: () => child.kill("SIGKILL") };
}

function missing(by: Unpackable): LxdError {
  return new LxdError({
    code: "unsupported",
    why: `files compressed with ${by} are decompressed by the program ${by}, which is not on the PATH`,
    advice: `Install it (${packages[by]}), or decompress the file first.`,
  });
}

const packages: Record<Unpackable, string> = {
  xz: "Debian and Ubuntu: xz-utils; Fedora and macOS with brew: xz",
  gzip: "gzip",
  zstd: "Debian, Ubuntu, Fedora, and macOS with brew: zstd; Node.js 22.15 and newer need no program",
  bzip2: "Debian, Ubuntu, Fedora: bzip2; macOS has it",
};

function damaged(by: Unpackable, words: string): LxdError {
  const why = `it cannot be decompressed with ${by}${words === "" ? "" : `: ${words}`}`;
  return new LxdError({ code: "invalid-argument", why, advice: "Check that the file is complete." });
}
