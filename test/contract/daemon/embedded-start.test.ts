// What an embedded daemon has from the beginning, and what it says it is.
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startEmbeddedDaemon } from "../../../embedded";
import { at } from "../harness";
import { clientOf, useEmbedded } from "../harness/embedded";
import { settle } from "../harness/operation";

const embedded = useEmbedded();
const profile = "/1.0/profiles/default";
const network = (name: string) => `/1.0/networks/${name}`;

describe.each([
  ["incus", "incusbr0"],
  ["lxd", "lxdbr0"],
] as const)("an embedded %s", (server, bridge) => {
  it("is as `admin init --minimal` leaves a server", async () => {
    const raw = clientOf(await embedded.start({ server, emptyDefaultProfile: false }));
    expect(at((await raw.get(profile)).body, "metadata", "devices")).toEqual({
      root: { type: "disk", path: "/", pool: "default" },
      eth0: { type: "nic", name: "eth0", network: bridge },
    });
    expect((await raw.get(network(bridge))).body.metadata).toMatchObject({
      type: "bridge",
      managed: true,
      config: { "ipv4.nat": "true", "ipv6.nat": "true" },
      used_by: ["/1.0/profiles/default"],
    });
    const machine = { name: "vm", type: "virtual-machine", source: { type: "none" }, start: true };
    expect(await settle(raw, await raw.post("/1.0/instances", machine))).toMatchObject({ ok: true });
    expect((await raw.get("/1.0/instances/vm")).body.metadata).toMatchObject({
      profiles: ["default"],
      expanded_devices: { root: { pool: "default" }, eth0: { network: bridge } },
    });
  });

  it("has an empty profile and no network if it is told to", async () => {
    const raw = clientOf(await embedded.start({ server, emptyDefaultProfile: true }));
    expect(at((await raw.get(profile)).body, "metadata", "devices")).toEqual({});
    expect((await raw.get("/1.0/networks")).body.metadata).toEqual([]);
  });

  it("says that it is embedded, and is the product that it plays", async () => {
    const raw = clientOf(await embedded.start({ server }));
    expect(at((await raw.get("/1.0")).body, "metadata", "environment")).toMatchObject({
      server,
      server_name: "pulumi-lxd-embedded",
    });
  });
});

it("leaves the profile and the networks of a folder as they are when it is started on it again", async () => {
  const first = await embedded.start({ emptyDefaultProfile: false });
  const before = clientOf(first);
  await before.put(profile, { devices: {} });
  await before.delete(network("incusbr0"));
  await embedded.stop(first);
  const again = clientOf(await embedded.start({ emptyDefaultProfile: false }));
  expect(at((await again.get(profile)).body, "metadata", "devices")).toEqual({});
  expect((await again.get("/1.0/networks")).body.metadata).toEqual([]);
});

it("says so when its folder cannot be made", { timeout: 5000 }, async () => {
  const dir = "/proc/pulumi-lxd-nope/daemon";
  await expect(startEmbeddedDaemon({ dir })).rejects.toMatchObject({ code: "ENOENT", path: "/proc/pulumi-lxd-nope" });
  const { dir: taken } = await embedded.start();
  const file = join(taken, "daemon.pid");
  await expect(startEmbeddedDaemon({ dir: file })).rejects.toMatchObject({ code: "EEXIST", path: file });
  await expect(startEmbeddedDaemon({ dir: join(file, "x") })).rejects.toMatchObject({ code: "ENOTDIR" });
});
