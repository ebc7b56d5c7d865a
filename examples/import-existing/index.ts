// Adopts an ISO volume, an image and a virtual machine that were created by hand, without changing their settings.
import * as pulumi from "@pulumi/pulumi";
import * as lxd from "pulumi-lxd";

const config = new pulumi.Config();
const project = config.get("project") ?? "default";
const pool = config.get("pool") ?? "default";

// Each resource describes an existing object. The preview reports all differences at once, before anything happens.
// After the first `pulumi up`, the option `import` can be removed.
const medium = config.get("volume") ?? "installer";
const installer = new lxd.IsoVolume(
  "installer",
  {
    project,
    pool,
    name: medium,
    // The expected content, which is compared. Older servers cannot return the content of a volume: there, confirm with
    // `pulumi config set trustContent true` that it is equal. The size is compared in any case.
    source: { file: config.get("iso") ?? "./installer.iso" },
    trustContent: config.getBoolean("trustContent") ?? false,
  },
  { import: `${project}/${pool}/${medium}` },
);

const alias = config.get("alias") ?? "base";
const base = new lxd.Image("base", { project, aliases: [alias] }, { import: `${project}/${alias}` });

const name = config.get("machine") ?? "server";
const server = new lxd.Instance(
  "server",
  {
    project,
    name,
    type: "virtual-machine",
    rootDisk: { pool, size: config.get<lxd.Size>("rootSize") ?? "10GiB" },
    cdroms: [{ volume: installer, name: "installer", bootPriority: 10 }],
    config: { "limits.memory": config.get("memory") ?? "1GiB" },
    firmware: "uefi",
    running: false,
  },
  // `protect` prevents a mistake in the program from deleting the machine.
  { import: `${project}/${name}`, protect: true },
);

export const volume = installer.id;
export const fingerprint = base.fingerprint;
export const status = server.status;
