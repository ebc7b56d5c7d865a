// A blank virtual machine that boots an installer ISO. `pulumi up` waits until the guest powers off; the machine stays off.
import * as pulumi from "@pulumi/pulumi";
import * as lxd from "pulumi-lxd";

const config = new pulumi.Config();

const installer = new lxd.IsoVolume("installer", {
  pool: config.get("pool") ?? "default",
  source: { file: config.get("iso") ?? "./installer.iso" },
});

const machine = new lxd.Instance("machine", {
  type: "virtual-machine",
  rootDisk: { pool: config.get("pool") ?? "default", size: "64MiB" },
  cdroms: [{ volume: installer, bootPriority: 10 }],
  config: { "limits.memory": "256MiB" },
  firmware: "uefi",
  waitFor: [{ condition: "powered-off", timeout: "5m" }],
});

export const volume = installer.name;
export const digest = installer.digest;
export const status = machine.status;
