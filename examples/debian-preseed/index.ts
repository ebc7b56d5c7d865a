// Debian as a golden image: its network installer as it is downloaded, and a preseed file that answers all questions.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as lxd from "pulumi-lxd";

const config = new pulumi.Config();
const pool = config.get("pool") ?? "default";
const release = config.get("release") ?? "13.2.0";
const mirror = `https://cdimage.debian.org/debian-cd/${release}/amd64/iso-cd`;

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
      "preseed.cfg": pulumi
        .all([config.get("hostname") ?? "debian", config.requireSecret("passwordHash")])
        .apply(([hostname, hash]) =>
          preseed.replace("{{hostname}}", () => hostname).replace("{{passwordHash}}", () => hash),
        ),
    },
  },
});

const golden = new lxd.GoldenImage("debian", {
  iso: installer,
  media: [answers],
  machine: { cpus: 2, memory: "2GiB", rootDisk: { pool, size: "10GiB" }, firmware: "uefi-secureboot" },
  // The installer has no answer file of its own on its medium. GRUB can hand it one from another medium: `newc:` makes a
  // small archive of it, which the kernel unpacks beside the installer's own, and there the installer finds it.
  bootCommand: [
    { waitFor: "Graphical install|Automatic boot|GNU GRUB", timeout: "2m" },
    { type: "c" },
    { pause: "2s" },
    { type: "search --no-floppy --label ANSWERS --set=answers" },
    { key: "enter" },
    { type: "linux /install.amd/vmlinuz auto=true priority=critical console=ttyS0 --- console=ttyS0" },
    { key: "enter" },
    { type: "initrd /install.amd/initrd.gz newc:preseed.cfg:($answers)/preseed.cfg" },
    { key: "enter" },
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
