// A golden image, built unattended from an installer ISO and an answer file, and a machine created from it.
import * as pulumi from "@pulumi/pulumi";
import * as lxd from "pulumi-lxd";

const config = new pulumi.Config();
const pool = config.get("pool") ?? "default";

const installer = new lxd.IsoVolume("installer", {
  pool,
  source: { file: config.get("iso") ?? "./installer.iso" },
});

const answers = new lxd.IsoVolume("answers", {
  pool,
  source: {
    label: "ANSWERS",
    files: {
      "answers.txt": [
        `hostname=${config.get("hostname") ?? "golden"}`,
        `message="${config.get("message") ?? "installed by itself"}"`,
        "",
      ].join("\n"),
    },
  },
});

const machine = { memory: "512MiB", rootDisk: { pool, size: "96MiB" }, firmware: "uefi" } as const;

const golden = new lxd.GoldenImage("tiny-linux", {
  iso: installer,
  media: [answers],
  machine,
  install: { until: "powered-off", timeout: "5m", stableFor: "2s" },
  // Released only if it boots and reports that it is up.
  verify: { waitFor: [{ condition: "console", pattern: "^tiny-linux is up" }], timeout: "3m" },
  image: { aliases: ["tiny-linux"], properties: { os: "tiny-linux", release: "1" } },
  keep: 2,
});

const server = new lxd.Instance("server", {
  type: "virtual-machine",
  source: { image: golden.fingerprint },
  rootDisk: machine.rootDisk,
  firmware: machine.firmware,
  config: { "limits.memory": machine.memory },
  waitFor: [{ condition: "console", pattern: "^tiny-linux is up", timeout: "3m" }],
});

export const fingerprint = golden.fingerprint;
export const version = golden.version;
export const inputsHash = golden.inputsHash;
export const status = server.status;
