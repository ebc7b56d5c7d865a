// Instances: what the server would refuse late, in its own words, is a failure of the preview with the property and a cure.
import { beforeAll, expect, test } from "vitest";

import { tinyImage } from "../harness";
import { postInstance, ROOT } from "../harness/objects";
import { StackResource } from "../harness/stack";
import { describeInstances } from "./site";

describeInstances("what a machine cannot have", (site) => {
  let image = "";
  beforeAll(async () => {
    image = await site.image();
  });
  const args = (more: object): Record<string, unknown> => ({
    source: { image },
    rootDisk: { pool: "default" },
    profiles: [],
    running: false,
    ...more,
  });
  const failuresOf = async (more: object): Promise<[string, string][]> =>
    (await site.resource().failures(args(more))).map(({ property, reason }) => [property, reason]);

  test("config keys and values that are mistyped, as the server refuses them too", async () => {
    const config = { "limits.memroy": "1GiB", "limits.cpu": "two", "boot.autostart": "maybe", "limits.memory": "1G" };
    expect(await failuresOf({ config })).toEqual([
      ['config["limits.memroy"]', 'is not a config key; did you mean "limits.memory"?'],
      ['config["limits.cpu"]', 'must be a number of CPUs or a list such as "0-3,8", but is "two"'],
      ['config["boot.autostart"]', 'must be "true" or "false", but is "maybe"'],
      ['config["limits.memory"]', '"1G" is not a valid size; did you mean "1GiB" or "1GB"?'],
    ]);
    for (const [key, value] of Object.entries(config)) {
      const posted = postInstance(site.daemon, site.name(), {
        type: "container",
        config: { [key]: value },
        devices: { root: ROOT },
      });
      expect((await site.daemon.settle(posted)).error, key).not.toBeUndefined();
    }
  });

  test("keys that are the user's, or that nobody here knows, are left to the server", async () => {
    const config = { "user.limits.memroy": "x", "environment.PAHT": "/", "raw.lxc": "", "frobnicate.everything": "1" };
    expect(await failuresOf({ config })).toEqual([]);
  });

  test("device types and options that are mistyped", async () => {
    const devices = {
      a: { type: "dsk", path: "/" },
      b: { type: "disk", sorce: "/tmp", path: "/b" },
      c: { path: "/c" },
    };
    expect(await failuresOf({ devices })).toMatchObject([
      ['devices["a"].type', '"dsk" is not a device type; did you mean "disk"?'],
      ['devices["b"].sorce', 'is not an option of a device of the type disk; did you mean "source"?'],
      ['devices["c"]', expect.stringMatching(/^must have a type: none, nic/)],
    ]);
  });

  test("are looked at when they change, and not when they do not", async () => {
    const machine = site.resource();
    await machine.up(args({ config: { "limits.cpu": "1" } }));
    const failures = await machine.failures(args({ config: { "limits.cpu": "1", "limits.memroy": "1GiB" } }));
    expect(failures.map(({ property }) => property)).toEqual(['config["limits.memroy"]']);
  });

  test("an address without a network card", async () => {
    const waitFor = [{ condition: "agent" }, { condition: "ipv4" }, { condition: "port", port: 22 }];
    const failures = await failuresOf({ waitFor });
    expect(failures.map(([property]) => property)).toEqual(["waitFor[1].condition", "waitFor[2].condition"]);
    expect(failures[0]?.[1]).toMatch(/^"ipv4" cannot be met: the machine has no network card; add one with nics/);
    expect(await failuresOf({ waitFor, nics: [{ nictype: "p2p" }] })).toEqual([]);
    expect(await failuresOf({ waitFor, devices: { eth0: { type: "nic", nictype: "p2p" } } })).toEqual([]);
    const profile = new StackResource("Profile", site.name(), site.daemon.socket);
    await profile.up({ project: "default", nics: [{ nictype: "p2p" }] });
    expect(await failuresOf({ waitFor, profiles: [profile.name] })).toEqual([]);
  });

  site.testWithIso("a medium that is not there", async () => {
    const machine = { type: "virtual-machine", source: undefined };
    const cdroms = [{ volume: { pool: "default", name: "no-such-volume" } }, { volume: { pool: "nope", name: "x" } }];
    const failures = await failuresOf({ ...machine, cdroms });
    expect(failures.map(([property]) => property)).toEqual(["cdroms[0].volume.name", "cdroms[1].volume.pool"]);
    expect(failures[0]?.[1]).toMatch(/there is no storage volume default\/no-such-volume/);
  });

  test("what its image requires", async () => {
    const requirements = { "requirements.nesting": "true", "requirements.privileged": "false" };
    const source = { image: await imageWith("container", requirements) };
    const failures = await failuresOf({ running: true, source, config: { "security.privileged": "true" } });
    expect(failures).toEqual([
      [
        'config["security.nesting"]',
        'the image has requirements.nesting=true; set config: { "security.nesting": "true" }',
      ],
      [
        'config["security.privileged"]',
        'the image has requirements.privileged=false; set config: { "security.privileged": "false" }',
      ],
    ]);
    expect(await failuresOf({ running: true, source, config: { "security.nesting": "true" } })).toEqual([]);
  });

  site.testWithIso("what the image of its virtual machine requires", async () => {
    const source = {
      image: await imageWith("virtual-machine", {
        "requirements.secureboot": "false",
        "requirements.cdrom_agent": "true",
      }),
    };
    const machine = { type: "virtual-machine", source, running: true };
    const expected = [
      ["firmware", 'the image has requirements.secureboot=false; set firmware: "uefi"'],
      ["agentDrive", "the image has requirements.cdrom_agent=true; set agentDrive: true"],
    ];
    const isLxd = site.daemon.product === "lxd";
    expect(await failuresOf(machine)).toEqual(isLxd ? expected.slice(0, 1) : expected);
    expect(await failuresOf({ ...machine, firmware: "uefi", ...(!isLxd && { agentDrive: true }) })).toEqual([]);
  });

  async function imageWith(type: "container" | "virtual-machine", properties: Record<string, string>): Promise<string> {
    const body = tinyImage({ type, properties: { description: site.name(), ...properties } });
    return String((await site.change("POST", "/1.0/images", body))["fingerprint"]);
  }
});
