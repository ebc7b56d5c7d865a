// A golden image for a pipeline: everything that goes into it is in the repository or pinned by a checksum.
import * as pulumi from "@pulumi/pulumi";
import * as lxd from "pulumi-lxd";

const config = new pulumi.Config();
const pool = config.get("pool") ?? "default";

const isoUrl = config.get("isoUrl");
const installer = new lxd.IsoVolume("installer", {
  pool,
  source:
    isoUrl === undefined
      ? { file: config.get("iso") ?? "./installer.iso" }
      : { url: isoUrl, checksum: config.require("isoChecksum") },
});

const answers = new lxd.IsoVolume("answers", {
  pool,
  source: { label: "ANSWERS", files: { "answers.txt": "hostname=golden\n" } },
});

const golden = new lxd.GoldenImage("base", {
  iso: installer,
  media: [answers],
  machine: { memory: "2GiB", rootDisk: { pool, size: "10GiB" }, firmware: "uefi" },
  install: { until: "powered-off", timeout: "1h" },
  image: {
    aliases: ["base"],
    // Changes in place: a commit that changes nothing of the image builds nothing.
    properties: { commit: process.env["GITHUB_SHA"] ?? process.env["CI_COMMIT_SHA"] ?? "none" },
  },
  // A pipeline that fails is repeated, and goes on with the machine that is there.
  onFailure: "keep",
  keep: 3,
});

export const fingerprint = golden.fingerprint;
export const version = golden.version;
