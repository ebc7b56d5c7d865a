// Debian as a golden image: the unmodified network installer, and a preseed file that answers all questions.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as lxd from "pulumi-lxd";
import { archive } from "./archive";

const config = new pulumi.Config();
const pool = config.get("pool") ?? "default";
const release = config.get("release") ?? "13.2.0";
// Debian keeps its newest release here, and older ones at cdimage.debian.org/cdimage/archive/.
const mirror = config.get("mirror") ?? `https://cdimage.debian.org/debian-cd/${release}/amd64/iso-cd`;

// The checksum comes from Debian's own list, which is read only when the release changes.
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
  // The installer does not look for answers on another medium. GRUB reads them there and passes them to the kernel, which
  // unpacks them next to the installer's files, where the installer looks for `preseed.cfg`.
  bootCommand: [
    // The first output of GRUB in Debian 12 and 13, which rejects unsigned modules. After that, GRUB writes only to the screen
    // but also reads the serial console. Any key ends the pauses before its menu; this one has no effect in the menu.
    { waitFor: "Welcome to GRUB!|Loading bootloader|prohibited by secure boot", timeout: "3m" },
    { key: "ctrl-a", times: 15, every: "1s" },
    { type: "c" },
    { pause: "1s" },
    { type: "terminal_output console" },
    ...enter,
    { type: "search --no-floppy --label ANSWERS --set=answers" },
    ...enter,
    // The options after `---` also apply to the installed system. `net.ifnames=0` names the network card `eth0` everywhere.
    { type: "linux /install.amd/vmlinuz priority=critical --- console=ttyS0 net.ifnames=0" },
    ...enter,
    { type: "initrd /install.amd/initrd.gz ($answers)/preseed.cpio" },
    ...enter,
    { type: "boot" },
    { key: "enter" },
  ],
  install: { until: "powered-off", timeout: "1h" },
  // The image is verified before it is released.
  verify: { waitFor: [{ condition: "console", pattern: "login:" }], timeout: "10m" },
  image: { aliases: ["debian"], properties: { os: "Debian", release } },
});

export const fingerprint = golden.fingerprint;
export const version = golden.version;
