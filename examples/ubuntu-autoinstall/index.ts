// Ubuntu Server as a golden image: the unmodified live server ISO, and an autoinstall file.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as lxd from "pulumi-lxd";

const config = new pulumi.Config();
const pool = config.get("pool") ?? "default";
const release = config.get("release") ?? "24.04.3";
// Ubuntu keeps the newest point release of each series here, and older ones at old-releases.ubuntu.com/releases/.
const mirror = config.get("mirror") ?? `https://releases.ubuntu.com/${release}`;

const iso = config.get("iso");
const installer = new lxd.IsoVolume("ubuntu-server", {
  pool,
  source:
    iso === undefined
      ? { url: `${mirror}/ubuntu-${release}-live-server-amd64.iso`, checksum: `${mirror}/SHA256SUMS` }
      : { file: iso },
});

const userData = readFileSync(join(__dirname, "user-data.yaml"), "utf8");
const answers = new lxd.IsoVolume("answers", {
  pool,
  // The installer's cloud-init finds the medium by this label, and reads files with these names.
  source: {
    label: "cidata",
    files: {
      "meta-data": "instance-id: golden\n",
      "user-data": pulumi
        .all([config.get("hostname") ?? "ubuntu", config.requireSecret("passwordHash")])
        .apply(([hostname, hash]) =>
          userData.split("{{hostname}}").join(hostname).split("{{passwordHash}}").join(hash),
        ),
    },
  },
});

const enter: lxd.BootStepArgs[] = [{ key: "enter" }, { waitFor: "grub> ", timeout: "1m" }];

const golden = new lxd.GoldenImage("ubuntu", {
  iso: installer,
  media: [answers],
  machine: { cpus: 2, memory: "4GiB", rootDisk: { pool, size: "16GiB" }, firmware: "uefi-secureboot" },
  // Without the option `autoinstall`, the installer asks for confirmation before it erases the disk.
  bootCommand: [
    { waitFor: "GNU GRUB", timeout: "2m" },
    { pause: "2s" },
    { type: "c" },
    { waitFor: "grub> ", timeout: "1m" },
    { type: "linux /casper/vmlinuz autoinstall console=ttyS0 ---" },
    ...enter,
    { type: "initrd /casper/initrd" },
    ...enter,
    { type: "boot" },
    { key: "enter" },
  ],
  install: { until: "powered-off", timeout: "1h" },
  verify: { waitFor: [{ condition: "console", pattern: "login:" }], timeout: "10m" },
  image: { aliases: ["ubuntu"], properties: { os: "Ubuntu", release } },
});

export const fingerprint = golden.fingerprint;
export const version = golden.version;
