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
    // An in-place update: a commit that does not change the image does not build one.
    properties: { commit: process.env["GITHUB_SHA"] ?? process.env["CI_COMMIT_SHA"] ?? "none" },
  },
  // A retry of a failed pipeline resumes with the existing machine.
  onFailure: "keep",
  keep: 3,
});

export const fingerprint = golden.fingerprint;
export const version = golden.version;
