// Debian as a golden image: its network installer as it is downloaded, and a preseed file that answers all questions.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as lxd from "pulumi-lxd";
import { archive } from "./archive";

const config = new pulumi.Config();
const pool = config.get("pool") ?? "default";
const release = config.get("release") ?? "13.2.0";
// Debian keeps its newest release there, older ones at cdimage.debian.org/cdimage/archive/.
const mirror = config.get("mirror") ?? `https://cdimage.debian.org/debian-cd/${release}/amd64/iso-cd`;

// The checksum is looked up in Debian's own list, and only when the release changes.
const iso = config.get("iso");
const installer = new lxd.IsoVolume("debian-netinst", {
  pool,
  source:
    iso === undefined
      ? { url: `${mirror}/debian-${release}-amd64-netinst.iso`, checksum: `${mirror}/SHA256SUMS` }
      : { file: iso },
});

const preseed = readFileSync(join(__dirname, "preseed.cfg"), "utf8");
const answers = new lxd.IsoVolume("answers", {
  pool,
  source: {
    label: "ANSWERS",
    files: {
      "preseed.cpio": pulumi
        .all([config.get("hostname") ?? "debian", config.requireSecret("passwordHash")])
        .apply(([hostname, hash]) =>
          archive("preseed.cfg", preseed.split("{{hostname}}").join(hostname).split("{{passwordHash}}").join(hash)),
        ),
    },
  },
});

const enter: lxd.BootStepArgs[] = [{ key: "enter" }, { waitFor: "grub> ", timeout: "1m" }];

const golden = new lxd.GoldenImage("debian", {
  iso: installer,
  media: [answers],
  machine: { cpus: 2, memory: "2GiB", rootDisk: { pool, size: "10GiB" }, firmware: "uefi-secureboot" },
  // The installer knows of no answers on another medium. GRUB can read them there, and hands them to the kernel, which
  // unpacks them beside the installer's own files: there the installer looks for a `preseed.cfg`.
  bootCommand: [
    // The first that Debian 12's GRUB says, and 13's: it minds modules that are not signed. From there on it shows itself on
    // the screen alone, but reads the serial console too. A key ends the pauses before its menu; this one does nothing in it.
    { waitFor: "Welcome to GRUB!|Loading bootloader|prohibited by secure boot", timeout: "3m" },
    { key: "ctrl-a", times: 15, every: "1s" },
    { type: "c" },
    { pause: "1s" },
    { type: "terminal_output console" },
    ...enter,
    { type: "search --no-floppy --label ANSWERS --set=answers" },
    ...enter,
    // What follows `---` is for the installed system, too. With `net.ifnames=0` its card is `eth0` in every machine.
    { type: "linux /install.amd/vmlinuz priority=critical --- console=ttyS0 net.ifnames=0" },
    ...enter,
    { type: "initrd /install.amd/initrd.gz ($answers)/preseed.cpio" },
    ...enter,
    { type: "boot" },
    { key: "enter" },
  ],
  install: { until: "powered-off", timeout: "1h" },
  // The image is tried before anybody gets it.
  verify: { waitFor: [{ condition: "console", pattern: "login:" }], timeout: "10m" },
  image: { aliases: ["debian"], properties: { os: "Debian", release } },
});

export const fingerprint = golden.fingerprint;
export const version = golden.version;
