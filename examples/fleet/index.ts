// One golden image, built on one server, and machines made of it on several servers and on the members of clusters.
import * as pulumi from "@pulumi/pulumi";
import * as lxd from "pulumi-lxd";

/** A server or cluster with machines. */
interface Site {
  /** In the names of what is made there. */
  name: string;
  remote: string | lxd.RemoteArgs;
  pool?: string;
  /** Members of a cluster, or `@group`, each of which gets a machine; without any, one machine where the server wants. */
  members?: string[];
}

const config = new pulumi.Config();
const pool = config.get("pool") ?? "default";
// A name as `incus remote list` shows it, or an address with all that belongs to it.
const build = config.getObject<string | lxd.RemoteArgs>("build") ?? "build";
const sites = config.requireObject<Site[]>("sites");

const installer = new lxd.IsoVolume("installer", {
  remote: build,
  pool,
  source: { file: config.get("iso") ?? "./installer.iso" },
});

const machine = { memory: "1GiB", rootDisk: { pool, size: "4GiB" }, firmware: "uefi" as const };
const golden = new lxd.GoldenImage("base", {
  remote: build,
  iso: installer,
  machine,
  install: { until: "powered-off", timeout: "1h" },
  image: { aliases: ["base"] },
});

export const version = golden.version;

export const machines = sites.map((site) => {
  // From server to server: the image is private, so the building server is asked for a secret that is good for one copy.
  const image = new lxd.Image(`base-${site.name}`, {
    remote: site.remote,
    source: {
      server: config.require("buildAddress"),
      protocol: "incus",
      certificate: config.require("buildCertificate"),
      fingerprint: golden.fingerprint,
      private: true,
    },
    aliases: ["base"],
  });
  const places = site.members?.map((target) => ({ target })) ?? [{}];
  return places.map((place, i) => {
    const web = new lxd.Instance(`web-${site.name}-${i + 1}`, {
      remote: site.remote,
      type: "virtual-machine",
      ...place,
      source: { image: image.fingerprint },
      rootDisk: { pool: site.pool ?? "default", size: machine.rootDisk.size },
      firmware: machine.firmware,
      config: { "limits.memory": machine.memory },
    });
    return pulumi.interpolate`${web.name} on ${site.name}, ${web.location}`;
  });
});
