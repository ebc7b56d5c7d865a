// One golden image, built on one server, and machines made of it on several servers and on the members of clusters.
import * as pulumi from "@pulumi/pulumi";
import * as lxd from "pulumi-lxd";

/** A server or cluster with machines. */
interface Site {
  /** In the names of what is made there. */
  name: string;
  remote: string | lxd.RemoteArgs;
  pool?: string;
  /** Gets the image through the machine that Pulumi runs on, as it cannot reach the building server. */
  relay?: boolean;
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

// Where the sites find the building server, if that is not where it says itself that it is.
const address = config.get("buildAddress");
const seen = address === undefined ? {} : { address };

const machine = { memory: "1GiB", rootDisk: { pool, size: "4GiB" }, firmware: "uefi" as const };
const golden = new lxd.GoldenImage("base", {
  remote: build,
  iso: installer,
  machine,
  install: { until: "powered-off", timeout: "1h" },
  image: { aliases: ["base"] },
  // From server to server: the sites pull from the building server, or get the image through here.
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
      // The fingerprint is known when every site has its copy.
      source: { image: golden.fingerprint },
      rootDisk: { pool: site.pool ?? "default", size: machine.rootDisk.size },
      firmware: machine.firmware,
      config: { "limits.memory": machine.memory },
    });
    return pulumi.interpolate`${web.name} on ${site.name}, ${web.location}`;
  });
});
