// One golden image, built on one server, and machines created from it on several servers and cluster members.
import * as pulumi from "@pulumi/pulumi";
import * as lxd from "pulumi-lxd";

/** A server or cluster that runs machines. */
interface Site {
  /** Part of the names of its machines. */
  name: string;
  remote: string | lxd.RemoteArgs;
  pool?: string;
  /** Transfers the image through the machine that runs Pulumi, for a site that cannot reach the building server. */
  relay?: boolean;
  /** Cluster members or `@group`, one machine for each. Default: one machine, which the server places. */
  members?: string[];
}

const config = new pulumi.Config();
const pool = config.get("pool") ?? "default";
// A name from `incus remote list`, or an address with its credentials.
const build = config.getObject<string | lxd.RemoteArgs>("build") ?? "build";
const sites = config.requireObject<Site[]>("sites");

const installer = new lxd.IsoVolume("installer", {
  remote: build,
  pool,
  source: { file: config.get("iso") ?? "./installer.iso" },
});

// The address of the building server for the sites, if it differs from the addresses that the server reports.
const address = config.get("buildAddress");
const seen = address === undefined ? {} : { address };

const machine = { memory: "1GiB", rootDisk: { pool, size: "4GiB" }, firmware: "uefi" } as const;
const golden = new lxd.GoldenImage("base", {
  remote: build,
  iso: installer,
  machine,
  install: { until: "powered-off", timeout: "1h" },
  image: { aliases: ["base"] },
  // The sites pull from the building server, or get the image through the machine that runs Pulumi.
  publishTo: sites.map(({ remote, relay }) => (relay === true ? { remote, relay } : { remote, ...seen })),
});

export const version = golden.version;

export const machines = sites.map((site) => {
  const places = site.members?.map((target) => ({ target })) ?? [{}];
  return places.map((place, i) => {
    const web = new lxd.Instance(`web-${site.name}-${i + 1}`, {
      remote: site.remote,
      type: "virtual-machine",
      ...place,
      // The fingerprint is known when all sites have their copy.
      source: { image: golden.fingerprint },
      rootDisk: { pool: site.pool ?? "default", size: machine.rootDisk.size },
      firmware: machine.firmware,
      config: { "limits.memory": machine.memory },
    });
    return pulumi.interpolate`${web.name} on ${site.name}, ${web.location}`;
  });
});
