// Guests made from an image under test: a container that runs a command, a machine that boots and powers itself off.
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

/** A raw disk whose boot loader says the text on the serial console and powers the machine off. */
export async function bootableDisk(site: Site, text: string): Promise<string> {
  const tree = join(site.dir, `tree-${site.count}`);
  const disk = join(site.dir, `boot-${site.count}.img`);
  await mkdir(join(tree, "boot/grub"), { recursive: true });
  const script = `serial\nterminal_output serial\necho ${text}\nsleep 3\nhalt\n`;
  await writeFile(join(tree, "boot/grub/grub.cfg"), script);
  // Its ISO images are disks with partitions as well.
  await run("grub-mkrescue", ["-o", disk, tree]);
  return disk;
}

/** Boots a machine of the image; what was on its console when it had powered itself off. */
export async function consoleOfMachine(site: Site, fingerprint: string): Promise<string> {
  const { daemon } = site;
  const path = await makeInstance(daemon, `${site.count}-boots`, {
    source: { type: "image", fingerprint },
    config: { ...unsigned(site.daemon), "limits.memory": "256MiB" },
    devices: { root: { type: "disk", path: "/", pool: "default", size: "64MiB" } },
  });
  await required(setState(daemon, path, { action: "start" }));
  let console = "";
  for (let status = ""; status !== "Stopped";) {
    await sleep(500);
    // While the machine stops, and after that, there is no console to be had.
    const reply = await daemon.raw.get(`${path}/console`);
    if (reply.status === 200 && reply.bytes.length > 0) console = reply.bytes.toString();
    status = textAt((await daemon.raw.get(path)).body, "metadata", "status");
  }
  return console;
}

async function required<T extends { ok: boolean; error: string }>(outcome: Promise<T>): Promise<T> {
  const known = await outcome;
  if (!known.ok) throw new Error(known.error);
  return known;
}
