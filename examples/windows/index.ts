// Windows 11 as a golden image: a sealed image built from Microsoft's ISO, the virtio drivers and an answer file.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as lxd from "pulumi-lxd";

const config = new pulumi.Config();
const pool = config.get("pool") ?? "default";

/** Fills in `{{name}}` in a template from the folder `answers`, escaped for XML. Omits lines with an empty value. */
function answer(file: string, values: Record<string, string>): string {
  const escape = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const valueOf = (name: string): string => {
    const value = values[name];
    if (value === undefined) throw new pulumi.RunError(`answers/${file} asks for {{${name}}}, which has no value`);
    return value;
  };
  const lines = readFileSync(join(__dirname, "answers", file), "utf8").split("\n");
  const said = lines.filter((line) =>
    [...line.matchAll(/\{\{(\w+)\}\}/g)].every(([, name = ""]) => valueOf(name) !== ""),
  );
  return said.join("\n").replace(/\{\{(\w+)\}\}/g, (_, name: string) => escape(valueOf(name)));
}

const installer = new lxd.IsoVolume("windows-11", {
  pool,
  source: { file: config.get("windowsIso") ?? "./windows-11.iso" },
});

// Signed drivers for disk, network and display, and the QEMU guest agent.
const driversIso = config.get("driversIso");
const drivers = new lxd.IsoVolume("virtio-win", {
  pool,
  source: driversIso === undefined ? stableDrivers() : { file: driversIso },
});

function stableDrivers(): lxd.IsoUrlSource {
  return { url: config.require("driversUrl"), checksum: config.require("driversChecksum") };
}

const locale = config.get("locale") ?? "en-US";
const edition = config.get("edition") ?? "Windows 11 Pro";
// A generic key selects the edition without activating it. Evaluation media require none.
const productKey = config.get("productKey") ?? (edition === "Windows 11 Pro" ? "VK7JG-NPHTM-C97JM-9MPGT-3V66T" : "");
const answers = new lxd.IsoVolume("answers", {
  pool,
  source: {
    label: "ANSWERS",
    files: {
      // Windows Setup looks for this name at the root of every drive.
      "autounattend.xml": answer("autounattend.xml", { locale, edition, productKey }),
      "oobe.xml": config
        .requireSecret("adminPassword")
        .apply((adminPassword) => answer("oobe.xml", { locale, adminPassword })),
      "seal.cmd": readFileSync(join(__dirname, "answers/seal.cmd"), "utf8"),
    },
  },
});

const golden = new lxd.GoldenImage("windows-11", {
  iso: installer,
  media: [drivers, answers],
  machine: {
    os: "windows",
    cpus: config.getNumber("cpus") ?? 4,
    memory: "8GiB",
    rootDisk: { pool, size: "64GiB" },
    // Required by Windows 11.
    firmware: "uefi-secureboot",
    tpm: true,
    agentDrive: true,
  },
  // "Press any key to boot from CD or DVD" appears on the screen some seconds after the firmware names the drive on the
  // serial console. Keys are pressed for ten seconds only, so that the installer's restarts boot from the disk.
  bootCommand: [
    { waitFor: "BdsDxe: starting Boot", timeout: "2m" },
    { key: "enter", times: 10, every: "1s" },
  ],
  // Sealing powers the machine off. Windows restarts several times before that.
  install: { until: "powered-off", timeout: "2h", stableFor: "60s" },
  image: {
    aliases: ["windows-11"],
    properties: { os: "Windows", release: "11", variant: "desktop" },
  },
});

export const fingerprint = golden.fingerprint;
export const version = golden.version;
