// Mistakes that newcomers make: each is a failure of the preview, with the property and what to write instead. What the
// failure advises is done to the letter, and the preview has nothing more to say.
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

import { describeEachDaemon } from "../harness";
import { StackResource } from "../harness/stack";
import { followed, unfollowed } from "./followed";
import { following } from "./following";
import { dir, fileMistakes, makeMistakenFiles, type Mistake, removeMistakenFiles } from "./mistaken-files";

const hex = "0123456789abcdef".repeat(4);
const vm = { type: "virtual-machine", rootDisk: { pool: "default" }, running: false };
const container = { source: { image: hex }, rootDisk: { pool: "default" } };
const iso = (source: unknown): Record<string, unknown> => ({ pool: "default", source });
/** Nothing listens there, which may pass: the preview leaves it to the download. */
const url = "http://127.0.0.1:9/a.iso";

const mistakes: Mistake[] = [
  [
    "a number as a size",
    "Instance",
    { ...vm, rootDisk: { pool: "default", size: 10 } },
    "rootDisk.size",
    /must be a string with a unit, for example "10GiB", but is 10/,
  ],
  [
    "a size without the end of its unit",
    "Instance",
    { ...vm, rootDisk: { pool: "default", size: "10G" } },
    "rootDisk.size",
    /did you mean "10GiB" or "10GB"\?/,
  ],
  [
    "a size with a fraction",
    "Instance",
    { ...vm, rootDisk: { pool: "default", size: "1.5GiB" } },
    "rootDisk.size",
    /did you mean "1536MiB"\?/,
  ],
  [
    "a size of words",
    "Instance",
    { ...vm, rootDisk: { pool: "default", size: "10 gigs" } },
    "rootDisk.size",
    /for example "10GiB"/,
  ],
  ["a mistyped type", "Instance", { ...vm, type: "virtual_machine" }, "type", /did you mean "virtual-machine"\?/],
  ["a mistyped option", "Instance", { ...vm, runing: true }, "runing", /did you mean "running"\?/],
  [
    "a mistyped condition",
    "Instance",
    { ...vm, waitFor: [{ condition: "powered_off" }] },
    "waitFor[0].condition",
    /but is "powered_off"; did you mean "powered-off"\?/,
  ],
  [
    "a timeout as a number",
    "Instance",
    { ...vm, waitFor: [{ condition: "powered-off", timeout: 90 }] },
    "waitFor[0].timeout",
    /must be a string with a unit, for example "90s", but is 90/,
  ],
  [
    "a negative timeout",
    "Instance",
    { ...vm, waitFor: [{ condition: "powered-off", timeout: "-5m" }] },
    "waitFor[0].timeout",
    /"-5m" is not a valid duration; use for example "90m"/,
  ],
  [
    "an address without a card",
    "Instance",
    { ...vm, profiles: [], waitFor: [{ condition: "ipv4" }] },
    "waitFor[0].condition",
    /no network card; add one with nics/,
  ],
  [
    "a mistyped config key",
    "Instance",
    { ...vm, config: { "limits.memroy": "1GiB" } },
    'config["limits.memroy"]',
    /did you mean "limits.memory"\?/,
  ],
  [
    "CPUs in words",
    "Instance",
    { ...vm, config: { "limits.cpu": "two" } },
    'config["limits.cpu"]',
    /must be a number of CPUs/,
  ],
  [
    "a mistyped device type",
    "Instance",
    { ...vm, devices: { d: { type: "dsk" } } },
    'devices["d"].type',
    /did you mean "disk"\?/,
  ],
  [
    "a mistyped device option",
    "Instance",
    { ...vm, devices: { d: { type: "disk", sorce: "/x", path: "/x" } } },
    'devices["d"].sorce',
    /did you mean "source"\?/,
  ],
  [
    "a plain root disk without its pool",
    "Instance",
    { source: { image: hex }, devices: { root: { type: "disk", path: "/", size: "5GiB" } } },
    'devices["root"].pool',
    /is required for a root disk.*use rootDisk: \{ pool: "default", size: "5GiB" \}/,
  ],
  [
    "a root disk of a profile without its pool",
    "Profile",
    { devices: { root: { type: "disk", path: "/" } } },
    'devices["root"].pool',
    /is required for a root disk/,
  ],
  [
    "a singular config key",
    "Profile",
    { config: { "limit.memory": "1GiB" } },
    'config["limit.memory"]',
    /did you mean "limits.memory"\?/,
  ],
  [
    "a bus of another hypervisor",
    "Instance",
    { ...vm, rootDisk: { pool: "default", bus: "sata" } },
    "rootDisk.bus",
    /"sata" is not a bus of a disk; use "virtio-scsi" or/,
  ],
  [
    "a bus of another hypervisor in a plain device",
    "Instance",
    { ...vm, devices: { d: { type: "disk", source: "/x", "io.bus": "virtio-sci" } } },
    'devices["d"]["io.bus"]',
    /did you mean "virtio-scsi"\?/,
  ],
  [
    "a MAC address with dashes",
    "Instance",
    { ...vm, nics: [{ nictype: "p2p", mac: "02-00-5E-10-00-01" }] },
    "nics[0].mac",
    /is not a MAC address; did you mean "02:00:5E:10:00:01"\?/,
  ],
  [
    "a MAC address with dashes in a plain device",
    "Profile",
    { devices: { e: { type: "nic", nictype: "p2p", hwaddr: "02-00-5E-10-00-01" } } },
    'devices["e"].hwaddr',
    /did you mean "02:00:5E:10:00:01"\?/,
  ],
  [
    "a mistyped option of a typed device",
    "Instance",
    { ...vm, nics: [{ nictype: "p2p", options: { hwadr: "02:00:5e:10:00:01" } }] },
    "nics[0].options.hwadr",
    /did you mean "hwaddr"\?/,
  ],
  [
    "a key that the server manages",
    "Instance",
    { ...vm, config: { "volatile.eth0.hwaddr": "02:00:5e:10:00:01" } },
    'config["volatile.eth0.hwaddr"]',
    /set the MAC address of a network card with nics: \[\{ mac \}\]/,
  ],
  [
    "an architecture of other systems",
    "Image",
    { source: { disk: join(dir, "cloud.img"), format: "qcow2", architecture: "x64" } },
    "source.architecture",
    /"x64" is not an architecture; did you mean "x86_64"\?/,
  ],
  ["a mistyped architecture", "Instance", { ...vm, architecture: "amd46" }, "architecture", /did you mean "amd64"\?/],
  [
    "profiles of an image that do not exist, or twice",
    "Image",
    {
      source: { server: "https://127.0.0.1:9", protocol: "incus", fingerprint: hex },
      profiles: ["defualt", "default", "default"],
    },
    "profiles[0]",
    /there is no profile "defualt"; did you mean "default"\?/,
  ],
  [
    "a profile of an image twice",
    "Image",
    {
      source: { server: "https://127.0.0.1:9", protocol: "incus", fingerprint: hex },
      profiles: ["default", "default"],
    },
    "profiles[1]",
    /"default" is listed twice/,
  ],
  [
    "the name of an image as a fingerprint",
    "Instance",
    { ...container, source: { image: "alpine/3.20" } },
    "source.image",
    /source: \{ alias \}.*\{ server, protocol, alias \}/,
  ],
  [
    "a source that is a text",
    "Instance",
    { ...container, source: "alpine/3.20" },
    "source",
    /must be \{ image: … \} or \{ alias: … \}/,
  ],
  [
    "a profile that does not exist",
    "Instance",
    { ...container, profiles: ["defualt"] },
    "profiles[0]",
    /there is no profile "defualt"; did you mean "default"\?/,
  ],
  [
    "a pool that does not exist",
    "Instance",
    { ...vm, rootDisk: { pool: "defualt" } },
    "rootDisk.pool",
    /there is no storage pool "defualt"; did you mean "default"\?/,
  ],
  [
    "a network that does not exist",
    "Instance",
    { ...vm, nics: [{ network: "no-such-net" }] },
    "nics[0].network",
    /there is no network "no-such-net"/,
  ],
  [
    "two equal boot priorities",
    "Instance",
    {
      ...vm,
      nics: [
        { nictype: "p2p", bootPriority: 1 },
        { nictype: "p2p", bootPriority: 1 },
      ],
    },
    "nics[1].bootPriority",
    /nics\[0\]\.bootPriority has the boot priority 1 too/,
  ],
  [
    "cdroms of a container",
    "Instance",
    { ...container, cdroms: [{ volume: { pool: "default", name: "a", digest: `sha256:${hex}` } }] },
    "cdroms",
    /containers have none; set type: "virtual-machine"/,
  ],
  ["a container of nothing", "Instance", { rootDisk: { pool: "default" } }, "source", /is required for a container/],
  ["a name that is no host name", "Instance", { ...vm, name: "not_a_host" }, "name", /letters, digits or dashes/],
  ["a source that is a path", "IsoVolume", iso("./a.iso"), "source", /must be \{ file: … \} or \{ url: … \}/],
  [
    "a source with a mistyped key",
    "IsoVolume",
    iso({ path: "./a.iso" }),
    "source.path",
    /unknown property "path"; the source must be \{ file: … \}/,
  ],
  [
    "two sources",
    "IsoVolume",
    iso({ file: "./a.iso", url, checksum: `sha256:${hex}` }),
    "source",
    /not file and url together/,
  ],
  [
    "a file that is not there",
    "IsoVolume",
    iso({ file: "./no-such.iso" }),
    "source.file",
    /there is no file \.\/no-such\.iso/,
  ],
  ["no checksum", "IsoVolume", iso({ url }), "source.checksum", /checksum/],
  [
    "a checksum of MD5",
    "IsoVolume",
    iso({ url, checksum: hex.slice(0, 32) }),
    "source.checksum",
    /look like MD5, which is not accepted as a checksum/,
  ],
  [
    "a checksum that is too short",
    "IsoVolume",
    iso({ url, checksum: "sha256:abcd" }),
    "source.checksum",
    /has 4 hex digits instead of 64/,
  ],
  [
    "a checksum without its algorithm",
    "IsoVolume",
    iso({ url, checksum: hex }),
    "source.checksum",
    /Write sha256:0123/,
  ],
  ["a command as a text", "Exec", { instance: "x", command: "ls -l" }, "command", /use \["sh", "-c", "ls -l"\]/],
  [
    "an unknown protocol",
    "Image",
    { source: { server: "https://images.example.invalid", protocol: "oci", alias: "a" } },
    "source.protocol",
    /must be "simplestreams", "incus" or "lxd"; OCI images are not supported/,
  ],
  [
    "an unknown protocol of an instance",
    "Instance",
    { ...container, source: { server: "https://images.example.invalid", protocol: "docker", alias: "a" } },
    "source.protocol",
    /OCI images are not supported/,
  ],
  [
    "a remote of the command line in an alias",
    "Instance",
    { ...container, source: { alias: "images:alpine/3.20" } },
    "source.alias",
    /use source: \{ server: "https:\/\/images\.linuxcontainers\.org", protocol: "simplestreams", alias: "alpine\/3\.20" \}/,
  ],
  [
    "a remote of the command line as an image",
    "Instance",
    { ...container, source: { image: "ubuntu:24.04" } },
    "source.image",
    /use source: \{ server: "https:\/\/cloud-images\.ubuntu\.com\/releases", .* alias: "24\.04" \}/,
  ],
  [
    "a remote of OCI images",
    "Instance",
    { ...container, source: "docker:nginx" },
    "source",
    /"docker:" is a remote of OCI images; OCI images are not supported/,
  ],
  [
    "the name of an image as a source",
    "Instance",
    { ...container, source: "images:debian/12" },
    "source",
    /but is "images:debian\/12"; .*protocol: "simplestreams", alias: "debian\/12" \}/,
  ],
  [
    "the name of an image as the source of an image",
    "Image",
    { source: "debian/12" },
    "source",
    /use source: \{ server, protocol, alias: "debian\/12" \}/,
  ],
  [
    "the source of an instance as that of an image",
    "Image",
    { source: { image: "images:debian/12" } },
    "source.image",
    /unknown property "image"; "images:" is a remote of the command line; use source: \{ server: /,
  ],
  [
    "an alias without its server",
    "Image",
    { source: { alias: "debian/12" } },
    "source.alias",
    /unknown property "alias"; for an image of an image server use source: \{ server, protocol, alias: "debian\/12" \}/,
  ],
  ["a project that does not exist", "Profile", { project: "no-such-project" }, "project", /no-such-project/],
];

afterAll(removeMistakenFiles);

it("the tables of what is advised have a mistake for each entry", () => {
  const titles = [...mistakes, ...fileMistakes].map(([title]) => title);
  expect([...Object.keys(followed), ...Object.keys(unfollowed)].filter((title) => !titles.includes(title))).toEqual([]);
});

describeEachDaemon("mistakes", (daemon) => {
  let count = 0;
  beforeAll(() => {
    count = 0;
    makeMistakenFiles();
  });
  for (const [title, kind, args, property, reason, needs = []] of [...mistakes, ...fileMistakes]) {
    const needsOf = kind === "IsoVolume" ? ["custom_volume_iso"] : needs;
    daemon.test(title, { needs: needsOf }, async () => {
      const resource = new StackResource(kind, daemon.name(`mistake${++count}`), daemon.socket);
      const failures = await resource.failures(args);
      const found = failures.find((failure) => failure.property === property);
      expect(found?.reason, JSON.stringify(failures)).toMatch(reason);
    });
    // The daemon need not be a real one: the same preview asks the same of any.
    if (daemon.kind !== "embedded" || title in unfollowed) continue;
    daemon.test(`${title}: the advice works`, { needs: needsOf }, async () => {
      const failures = await new StackResource(kind, daemon.name(`advised${++count}`), daemon.socket).failures(args);
      const failure = failures.find((each) => each.property === property);
      if (failure === undefined) throw new Error(`no failure of ${property}`);
      const program = following({ kind, args, failure, dir });
      const mended = followed[title]?.(program ?? { kind, args }, dir) ?? program;
      if (mended === undefined) throw new Error(`no advice is followed: ${failure.reason}`);
      const again = new StackResource(mended.kind, daemon.name(`mended${count}`), daemon.socket);
      expect(await again.failures(mended.args), failure.reason).toEqual([]);
    });
  }
});
