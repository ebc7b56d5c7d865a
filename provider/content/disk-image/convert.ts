// Converts a disk to qcow2 with qemu-img and reports the progress.
import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { LxdError } from "../../base/errors";
import { type DiskFormat, driverOf } from "./formats";
import { diskInOva } from "./ova";

export interface Conversion {
  from: string;
  format: DiskFormat;
  to: string;
  status: (text: string) => void;
  signal?: AbortSignal | undefined;
}

export async function convertToQcow2({ from, format, to, status, signal }: Conversion): Promise<void> {
  const source = format === "ova" ? [await diskInOva(from)] : ["-f", driverOf[format], from];
  const child = spawn("qemu-img", ["convert", "-p", "-O", "qcow2", ...source, to], {
    stdio: ["ignore", "pipe", "pipe"],
    signal,
    killSignal: "SIGKILL",
  });
  let words = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const percent = /\(([\d.]+)\/100%\)/.exec(chunk.toString())?.[1];
    if (percent !== undefined) status(`converting ${Math.floor(Number(percent))} %`);
  });
  child.stderr.on("data", (chunk: Buffer) => (words += chunk.toString()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", (error) => reject(signal?.aborted === true ? (signal.reason as Error) : explain(error)));
    child.once("close", resolve);
  });
  if (code === 0) return;
  const why = `qemu-img cannot convert it: ${words.trim().replace(/^qemu-img: /, "")}`;
  throw new LxdError({
    code: "invalid-argument",
    why,
    advice: "Check that it is a complete disk of the given format.",
  });
}

export async function requireQemuImg(): Promise<void> {
  await promisify(execFile)("qemu-img", ["--version"]).catch((error: unknown) => {
    throw explain(error as Error);
  });
}

function explain(error: Error): LxdError {
  const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
  return new LxdError({
    code: "unsupported",
    why: isMissing ? "disks of this format are converted by qemu-img, which is not on the PATH" : error.message,
    advice: "Install it (Debian and Ubuntu: qemu-utils; Fedora: qemu-img; macOS: brew install qemu).",
    cause: error,
  });
}
