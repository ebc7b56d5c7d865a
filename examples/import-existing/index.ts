// Takes over what somebody has made by hand: an ISO volume, an image and a virtual machine, none of which is changed.
import * as pulumi from "@pulumi/pulumi";
import * as lxd from "pulumi-lxd";

const config = new pulumi.Config();
const project = config.get("project") ?? "default";
const pool = config.get("pool") ?? "default";

// Each resource says what is there; what differs is told in the preview, all of it at once, before anything happens.
// With the option gone, after the first `pulumi up`, the program means the same.
const medium = config.get("volume") ?? "installer";
const installer = new lxd.IsoVolume(
  "installer",
  {
    project,
    pool,
    name: medium,
    // The content that it is to have, which is compared. Older servers cannot send it back: there it is you who says, with
    // `pulumi config set trustContent true`, that it is the same; the size is compared all the same.
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
    rootDisk: { pool, size: config.get("rootSize") ?? "10GiB" },
    cdroms: [{ volume: installer, name: "installer", bootPriority: 10 }],
    config: { "limits.memory": config.get("memory") ?? "1GiB" },
    firmware: "uefi",
    running: false,
  },
  // `protect` keeps a slip in the program from deleting what was there before it.
  { import: `${project}/${name}`, protect: true },
);

export const volume = installer.id;
export const fingerprint = base.fingerprint;
export const status = server.status;
