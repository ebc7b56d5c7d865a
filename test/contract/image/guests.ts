// Guests made from an image under test: a container that runs a command, a machine that boots.
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";

import { makeInstance, setState, textAt, unsigned } from "../harness";
import { type Site } from "./site";

const run = promisify(execFile);

/** Real containers only: the embedded daemon's have nothing inside. */
export function noRealContainer(site: Site): string | undefined {
  return site.daemon.kind.startsWith("embedded") ? "the embedded daemon's containers are simulated" : undefined;
}

/** What a command prints in a container of the image. */
export async function runInContainer(site: Site, fingerprint: string, command: string): Promise<string> {
  const { daemon } = site;
  const path = await makeInstance(daemon, `${site.count}-runs`, {
    type: "container",
    config: {},
    source: { type: "image", fingerprint },
    devices: { root: { type: "disk", path: "/", pool: "default" } },
  });
  await required(setState(daemon, path, { action: "start" }));
  try {
    const exec = { command: ["/bin/sh", "-c", command], "wait-for-websocket": false, "record-output": true };
    const { metadata } = await required(daemon.settle(daemon.raw.post(`${path}/exec`, exec)));
    if (metadata?.["return"] !== 0) throw new Error(`${command}: ${JSON.stringify(metadata)}`);
    return (await daemon.raw.get(textAt(metadata, "output", "1"))).bytes.toString();
  } finally {
    await required(setState(daemon, path, { action: "stop", force: true }));
    await required(daemon.settle(daemon.raw.delete(path)));
  }
}

/** A raw disk whose boot loader repeats the text on the serial console, for as long as the machine runs. */
export async function bootableDisk(site: Site, text: string): Promise<string> {
  const tree = join(site.dir, `tree-${site.count}`);
  const disk = join(site.dir, `boot-${site.count}.img`);
  await mkdir(join(tree, "boot/grub"), { recursive: true });
  // The daemon reads the console some time after the machine has started: text that is printed once may be lost.
  const script = `serial\nterminal_output serial\nwhile true; do\n  echo ${text}\n  sleep 1\ndone\n`;
  await writeFile(join(tree, "boot/grub/grub.cfg"), script);
  // Its ISO images are disks with partitions as well.
  await run("grub-mkrescue", ["-o", disk, tree]);
  return disk;
}

/** Boots a machine of the image and waits for the text on its console, then stops it; what the console showed. */
export async function consoleOfMachine(site: Site, fingerprint: string, text: string): Promise<string> {
  const { daemon } = site;
  const path = await makeInstance(daemon, `${site.count}-boots`, {
    source: { type: "image", fingerprint },
    config: { ...unsigned(site.daemon), "limits.memory": "256MiB" },
    devices: { root: { type: "disk", path: "/", pool: "default", size: "64MiB" } },
  });
  await required(setState(daemon, path, { action: "start" }));
  const until = Date.now() + 120_000;
  let console = "";
  while (!console.includes(text) && Date.now() < until) {
    await sleep(500);
    const reply = await daemon.raw.get(`${path}/console`);
    if (reply.status === 200) console = reply.bytes.toString();
  }
  await required(setState(daemon, path, { action: "stop", force: true }));
  return console;
}

async function required<T extends { ok: boolean; error: string }>(outcome: Promise<T>): Promise<T> {
  const known = await outcome;
  if (!known.ok) throw new Error(known.error);
  return known;
}
