// Two golden images from one installer, each in a component, and a machine created from one of them.
import * as pulumi from "@pulumi/pulumi";
import * as lxd from "pulumi-lxd";
import { ServerImage } from "./server-image";

const config = new pulumi.Config();
const pool = config.get("pool") ?? "default";

const installer = new lxd.IsoVolume("installer", {
  pool,
  source: { file: config.get("iso") ?? "./installer.iso" },
});

const web = new ServerImage("web", { installer, pool, message: "serves pages" });
const database = new ServerImage("database", { installer, pool, message: "keeps data", memory: "1GiB" });

const server = new lxd.Instance("web-1", {
  type: "virtual-machine",
  source: { image: web.fingerprint },
  rootDisk: { pool, size: "96MiB" },
  firmware: "uefi",
  config: { "limits.memory": "512MiB" },
});

export const versions = { web: web.version, database: database.version };
export const status = server.status;
