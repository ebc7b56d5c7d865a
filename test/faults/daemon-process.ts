// The process of a real daemon, found by its folder: killed, and started by the same command.
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { type RawClient } from "../contract/harness/raw";

interface Found {
  pid: number;
  parent: number;
  command: string[];
  env: Record<string, string>;
}

export interface DaemonProcess {
  /** SIGKILL; resolves when it answers again. */
  restart(): Promise<void>;
}

const startMs = 60_000;

const parts = (text: string): string[] => text.split("\0").filter((part) => part !== "");

function look(pid: number): Found | undefined {
  try {
    const command = parts(readFileSync(`/proc/${pid}/cmdline`, "utf8"));
    const lines = parts(readFileSync(`/proc/${pid}/environ`, "utf8"));
    const env = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]));
    const parent = Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    return { pid, parent, command, env };
  } catch {
    // It has ended, or is not ours to look at.
    return undefined;
  }
}

/** The daemon, and what runs it. What it runs has a verb where it has options. */
function find(dir: string): Found[] {
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return processes
    .flatMap((pid) => look(Number(pid)) ?? [])
    .filter(({ command, env }) => env["INCUS_DIR"] === dir && / \S*\/incusd( --|$)/.test(` ${command.join(" ")}`));
}

export function daemonOn(dir: string, raw: RawClient): DaemonProcess {
  const restart = async (): Promise<void> => {
    const found = find(dir);
    const first = found.find(({ parent }) => !found.some(({ pid }) => pid === parent));
    if (first === undefined) throw new Error(`no incusd runs with INCUS_DIR=${dir}: start one`);
    for (const { pid } of found) process.kill(pid, "SIGKILL");
    while (find(dir).length > 0) await sleep(10);
    const [program = "", ...args] = first.command;
    spawn(program, args, { env: first.env, cwd: "/", detached: true, stdio: "ignore" }).unref();
    await answers(raw);
  };
  return { restart };
}

async function answers(raw: RawClient): Promise<void> {
  const end = performance.now() + startMs;
  for (;;) {
    const { status } = await raw.get("/1.0").catch(() => ({ status: 0 }));
    if (status === 200) return;
    if (performance.now() > end) throw new Error(`the daemon does not answer ${startMs / 1000} s after its start`);
    await sleep(50);
  }
}
