// Networks: made, changed, replaced, drifted, taken over and deleted as resources.
import { randomInt } from "node:crypto";
import { expect, test } from "vitest";

import { describeEachDaemon, makeInstance, objectAt, ROOT, type TestDaemon } from "../harness";
import { StackResource, unknown } from "../harness/stack";

describeEachDaemon("networks as resources", (daemon: TestDaemon) => {
  let count = 0;
  const resource = (name = daemon.name(`n${++count}`)): StackResource =>
    new StackResource("Network", name, daemon.socket);
  const path = (name: string): string => `/1.0/networks/${name}`;
  const onDaemon = (name: string): Promise<Record<string, unknown>> => objectAt(daemon, path(name));
  const isGone = async (name: string): Promise<boolean> => (await daemon.raw.get(path(name))).status === 404;
  /** A subnet that nobody else on this machine has. */
  // Never the same twice, or a change to another one would be none.
  let subnets = randomInt(250);
  const subnet = (): string => `10.219.${1 + (subnets++ % 250)}.1/24`;
  const quiet = { ipv6: { address: "none" } };

  test("is a bridge with the addresses of the program", async () => {
    const network = resource();
    const address = subnet();
    const args = {
      ...quiet,
      description: "lab",
      ipv4: { address, nat: true },
      dnsDomain: "lab",
      config: { "bridge.mtu": 1400 },
    };
    await network.up(args);
    expect(await onDaemon(network.name)).toMatchObject({
      type: "bridge",
      managed: true,
      description: "lab",
      config: {
        "ipv4.address": address,
        "ipv4.nat": "true",
        "ipv6.address": "none",
        "dns.domain": "lab",
        "bridge.mtu": "1400",
        "user.pulumi.owner": network.urn,
      },
    });
    expect(network.outputs).toMatchObject({ ipv4Address: address, managed: true, status: "Created" });
    expect(network.outputs["ipv6Address"]).toBeNull();
    expect(await network.up(args)).toBe("same");
    await network.refresh();
    expect(await network.up(args)).toBe("same");
    await network.destroy();
    expect(await isGone(network.name)).toBe(true);
  });

  test("changes in place; another name or type is a replacement", async () => {
    const network = resource();
    await network.up({ ...quiet, ipv4: { address: subnet(), nat: true } });
    const address = subnet();
    expect(await network.up({ ...quiet, ipv4: { address, dhcp: false }, config: { "user.a": 1 } })).toBe("updated");
    const { config } = await onDaemon(network.name);
    expect(config).toMatchObject({ "ipv4.address": address, "ipv4.dhcp": "false", "user.a": "1" });
    expect(config).not.toHaveProperty("ipv4.nat");
    expect(await network.preview({ ...quiet, name: daemon.name("x") })).toMatchObject({ replaces: ["name"] });
    expect(await network.preview({ type: "macvlan", parent: "lo" })).toMatchObject({
      replaces: ["type"],
      deleteBeforeReplace: true,
    });
    await network.destroy();
  });

  test("another name keeps a fixed address: the old network makes room for it first", async () => {
    const network = resource();
    const args = { ...quiet, ipv4: { address: subnet() } };
    await network.up(args);
    const name = `${network.name}b`;
    expect(await network.up({ ...args, name })).toBe("replaced");
    expect(await onDaemon(name)).toMatchObject({ config: { "ipv4.address": args.ipv4.address } });
    expect(await isGone(network.name)).toBe(true);
    // With an address of its own the new one comes before the old one goes.
    expect(await network.preview({ ...quiet, ipv4: { address: subnet() } })).toMatchObject({
      replaces: ["name"],
      deleteBeforeReplace: false,
    });
    await network.destroy();
    expect(await isGone(name)).toBe(true);
  });

  test("what the server has chosen is no change, what somebody changes by hand is", async () => {
    const network = resource();
    const address = subnet();
    const args = { ...quiet, ipv4: { address } };
    await network.up(args);
    const { config } = await onDaemon(network.name);
    const byHand = { ...(config as object), "ipv4.nat": "true", "ipv4.address": subnet(), "user.b": "x" };
    await daemon.settle(daemon.raw.put(path(network.name), { description: "", config: byHand }));
    await network.refresh();
    expect(network.inputs["config"]).toEqual({ "ipv4.nat": "true", "user.b": "x" });
    expect(network.inputs["ipv4"]).not.toEqual({ address });
    expect(await network.up(args)).toBe("updated");
    expect((await onDaemon(network.name))["config"]).toEqual(config);
    expect(await network.up({ ...quiet, ipv4: { address: "auto" } })).not.toBe("replaced");
    expect(network.outputs).toMatchObject({ ipv4: { address: "auto" }, ipv4Address: address });
    await network.refresh();
    expect(await network.up({ ...quiet, ipv4: { address: "auto" } })).toBe("same");
    await daemon.settle(daemon.raw.delete(path(network.name)));
    expect(await network.refresh()).toBe(false);
  });

  const simulated = (): string | undefined =>
    daemon.kind.startsWith("embedded") ? undefined : "this machine's routes leave a real server no free subnet";

  daemon.test("without a word about addresses has those that the server finds", { missing: simulated }, async () => {
    const network = resource();
    await network.up({});
    const { config } = await onDaemon(network.name);
    expect(config).toMatchObject({ "ipv4.nat": "true", "ipv6.nat": "true" });
    expect(network.outputs).toMatchObject({
      config: {},
      ipv4Address: (config as Record<string, string>)["ipv4.address"],
    });
    await network.refresh();
    expect(await network.up({})).toBe("same");
    expect(await network.up({ description: "new" })).toBe("updated");
    expect((await onDaemon(network.name))["config"]).toEqual(config);
    await network.destroy();
  });

  test("one of another is refused, and imported as it is; one in use is not deleted", async () => {
    const network = resource();
    const address = subnet();
    const config = { "ipv4.address": address, "ipv6.address": "none", "user.a": "b" };
    await daemon.settle(daemon.raw.post("/1.0/networks", { name: network.name, config }));
    expect((await network.failures({}))[0]?.reason).toContain(`{ import: "default/${network.name}" }`);
    const __import = `default/${network.name}`;
    const differences = await network.failures({ __import, ipv4: { address: "10.219.251.1/24" } });
    expect(differences.map(({ property }) => property).sort()).toEqual(['config["user.a"]', "ipv4"]);
    const args = { __import, ipv4: { address }, config: { "user.a": "b" } };
    expect(await network.up(args)).toBe("created");
    expect((await onDaemon(network.name))["config"]).toEqual({ ...config, "user.pulumi.owner": network.urn });
    expect(await network.up(args)).toBe("same");
    const devices = { root: ROOT, eth0: { type: "nic", network: network.name } };
    const vm = await makeInstance(daemon, `vm${count}`, { devices });
    await expect(network.destroy()).rejects.toThrow(/the network is in use by instances\/.* \[in-use\]/);
    await daemon.settle(daemon.raw.delete(vm));
    await network.destroy();
    expect(await isGone(network.name)).toBe(true);
  });

  test("one that a killed run has made is taken over", async () => {
    const network = resource();
    const args = { ...quiet, ipv4: { address: subnet() } };
    await network.create((await network.check(args)).inputs);
    const again = resource(network.name);
    expect(await again.failures(args)).toEqual([]);
    expect(await again.up({ ...args, description: "again" })).toBe("created");
    expect(await onDaemon(network.name)).toMatchObject({ description: "again" });
    await again.destroy();
  });

  test("all that is wrong is said at once, and what is not known yet passes", async () => {
    const failures = await resource().failures({
      name: "much-too-long-a-name",
      ipv4: { address: "10.0.0.1", nta: true },
      parent: "eth0",
      memberConfig: { nope: {} },
    });
    expect(failures.map(({ property }) => property).sort()).toEqual([
      "ipv4.address",
      "ipv4.nta",
      "memberConfig",
      "name",
      "parent",
    ]);
    const lengthy = new StackResource("Network", "a-resource-with-a-long-name", daemon.socket);
    expect(await lengthy.failures({})).toMatchObject([{ property: "name" }]);
    expect(await resource().failures({ type: "macvlan", ipv4: {} })).toMatchObject([
      { property: "ipv4" },
      { property: "parent" },
    ]);
    expect(await resource().failures({ name: unknown, ipv4: { address: unknown, nat: unknown } })).toEqual([]);
    expect(await resource().failures({ ipv4: unknown, config: unknown, type: unknown })).toEqual([]);
  });

  test("of others is read as it is", async () => {
    const network = resource();
    const config = { "ipv4.address": subnet(), "ipv6.address": "none" };
    await daemon.settle(daemon.raw.post("/1.0/networks", { name: network.name, config }));
    network.id = `default/${network.name}`;
    network.outputs = { __urn: network.urn, remote: { socket: daemon.socket } };
    expect(await network.refresh()).toBe(true);
    expect(network.outputs).toMatchObject({ type: "bridge", ipv4Address: config["ipv4.address"], managed: true });
  });
});

describeEachDaemon({ name: "networks of a cluster", on: ["incus-cluster"] }, (daemon: TestDaemon) => {
  test("are defined on every member, made, and deleted", async () => {
    const network = new StackResource("Network", daemon.name("n1"), daemon.socket);
    const members = ((await daemon.raw.get("/1.0/cluster/members")).body.metadata as string[]).map(
      (url) => url.split("/").at(-1) ?? "",
    );
    // The members of this cluster share one host, on which no two can have a bridge of one name.
    const memberConfig = Object.fromEntries(members.map((member) => [member, { parent: "lo" }]));
    const args = { type: "macvlan", memberConfig };
    expect(await network.failures({ ...args, memberConfig: { nope: {} } })).toMatchObject([
      { property: 'memberConfig["nope"]' },
    ]);
    await network.up(args);
    const { status, locations } = await objectAt(daemon, `/1.0/networks/${network.name}`);
    expect([status, (locations as string[]).length]).toEqual(["Created", members.length]);
    await network.refresh();
    expect(await network.up(args)).toBe("same");
    await network.destroy();
    expect((await daemon.raw.get(`/1.0/networks/${network.name}`)).status).toBe(404);
  });
});
