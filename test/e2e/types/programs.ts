// Programs for the compiler of a user: one without mistakes, and one with a mistake in each line.

export const header = `import * as pulumi from "@pulumi/pulumi";
import * as lxd from "pulumi-lxd";
export const config = new pulumi.Config();
declare const maybe: string | undefined;
declare const count: number;
declare const text: string;
declare const other: lxd.Instance;
declare const iso: lxd.IsoVolume;
declare const image: lxd.Image;
`;

/** What the types must accept. */
export const good = `${header}
const volume = new lxd.IsoVolume("installer", { pool: "default", source: { file: "./installer.iso" }, description: maybe });
new lxd.IsoVolume("mirror", {
  pool: "default",
  source: maybe === undefined ? { file: "./installer.iso" } : { url: maybe, checksum: "sha256:00" },
});
new lxd.IsoVolume("later", { pool: "default", source: volume.name.apply((name) => ({ file: name })) });
const from: lxd.IsoFileSource = { file: "./installer.iso" };
new lxd.IsoVolume("typed", { pool: "default", source: from });

const server = { server: "https://images.example.org", protocol: "simplestreams" } as const;
new lxd.Image("alias", { source: { ...server, alias: "alpine/3.20" } });
new lxd.Image("found", { source: { ...server, fingerprint: lxd.lookupImage({ ...server, alias: "a" }).fingerprint } });

const vm = new lxd.Instance("vm", {
  type: other.type,
  description: maybe,
  target: pulumi.output(maybe),
  remote: pulumi.output(maybe),
  rootDisk: { pool: "default", size: "10GiB", bus: maybe },
  cdroms: [{ volume, bootPriority: 10 }, pulumi.output({ hostPath: "/a.iso" })],
  nics: [{ network: "lxdbr0", ipv4Address: other.ipv4 }, { nictype: "bridged", parent: "br0" }],
  config: { "limits.memory": "2GiB", "limits.cpu": 2, "user.server": other.ipv4, "user.note": maybe },
  firmware: pulumi.output(text),
  shutdownTimeout: "1m30s",
  bootCommand: [{ waitFor: "boot:", timeout: \`\${count}m\` }, { key: "enter", every: "500ms" }, { pause: "2s" }],
  waitFor: [
    { condition: "powered-off", timeout: "1h30m", stableFor: "0s" },
    { condition: "ipv4", interface: maybe },
    pulumi.output({ condition: "agent" as const }),
  ],
});
const shop = new lxd.Remote("shop", { address: "https://shop.example.org:8443", bearerToken: config.requireSecret("shop") });
new lxd.Remote("build", { project: maybe });
new lxd.Profile("there", { remote: shop });
new lxd.Profile("here", { remote: { socket: maybe, project: "web" } });
new lxd.Profile("anywhere", { remote: maybe === undefined ? { name: "build" } : { address: maybe } });
new lxd.Profile("config", { remote: config.getObject<string | lxd.RemoteArgs>("remote") });
const waits: lxd.WaitArgs[] = [{ condition: "agent", timeout: config.require<lxd.Duration>("timeout") }];
new lxd.Instance("sizes", {
  rootDisk: { pool: "default", size: \`\${count * 2}GiB\` },
  waitFor: waits,
  shutdownTimeout: config.requireSecret("timeout"),
});
new lxd.StorageVolume("config", { pool: "default", size: config.get<lxd.Size>("size") ?? "10GiB" });
new lxd.StorageVolume("text", { pool: "default", size: pulumi.output(text) });
new lxd.StorageVolume("output", { pool: "default", size: pulumi.interpolate\`\${other.name}GiB\` });
new lxd.Exec("ip", { instance: vm, command: ["env"], environment: { SERVER: other.ipv4, NOTE: maybe }, cwd: maybe });
export const drives: pulumi.Output<(string | undefined)[] | undefined> = vm.cdroms.apply((cdroms) =>
  cdroms?.map((cdrom) => cdrom.volume?.name ?? cdrom.hostPath),
);
const { rootDisk, nics, cdroms, firmware, shutdownTimeout, source, remote, waitFor } = vm;
new lxd.Instance("copy", { rootDisk, nics, cdroms, firmware, shutdownTimeout, source, remote, waitFor });
`;

/** One mistake a line, and what the compiler says about it. */
export const mistakes: [line: string, says: string[]][] = [
  // Exclusive fields.
  [
    'new lxd.IsoVolume("a", { pool: "p", source: { file: "./x.iso", url: "https://x/", checksum: "sha256:00" } });',
    [
      "'{ file: string; url: string; checksum: string; }'",
      "property 'url'",
      "'string' is not assignable to type 'undefined'",
    ],
  ],
  [
    'new lxd.IsoVolume("a", { pool: "p", source: { url: "https://x/" } });',
    ["'checksum' is missing", "'IsoUrlSource'"],
  ],
  ['new lxd.IsoVolume("a", { pool: "p", source: { fiel: "./x.iso" } });', ["'fiel' does not exist"]],
  [
    'new lxd.IsoVolume("a", { pool: "p", source: { file: 5 } });',
    ["property 'file'", "'number' is not assignable to type 'Input<string>"],
  ],
  ['new lxd.Image("a", { source: { file: "a.tar", url: "https://x/" } });', ["property 'url'"]],
  [
    'new lxd.Image("a", { source: { server: "https://x", protocol: "simplestreams" } });',
    ["'fingerprint' is missing", "ImageServerAliasSource | ImageServerFingerprintSource"],
  ],
  [
    'new lxd.Image("a", { source: { server: "https://x", protocol: "simplestreams", alias: "a", fingerprint: "b" } });',
    ["property 'fingerprint'", "'string' is not assignable to type 'undefined'"],
  ],
  ['new lxd.Instance("a", { source: { image: "a", alias: "b" } });', ["property 'alias'"]],
  [
    'new lxd.Instance("a", { source: { image } });',
    ["property 'image'", "'Image' is not assignable to type 'Input<string>"],
  ],
  [
    'new lxd.Instance("a", { source: { server: "https://x", protocol: "simplestreams" } });',
    ["'fingerprint' is missing", "InstanceServerAliasSource | InstanceServerFingerprintSource"],
  ],
  [
    'new lxd.StorageVolume("a", { pool: "p", source: { backup: "b", volume: { pool: "p", name: "n" } } });',
    ["property 'volume'", "is not assignable to type 'undefined'"],
  ],
  ['new lxd.Instance("a", { cdroms: [{ volume: iso, hostPath: "/x.iso" }] });', ["property 'hostPath'"]],
  [
    'new lxd.Instance("a", { cdroms: [{ volume: "x" }] });',
    ["property 'volume'", "Input<IsoVolume | VolumeReferenceArgs>"],
  ],
  [
    'new lxd.Profile("a", { remote: { name: "build", address: "https://x:8443" } });',
    ["'{ name: string; address: string; }'", "'string' is not assignable to type 'undefined'"],
  ],
  [
    'new lxd.Remote("a", { socket: "/x", address: "https://x:8443" });',
    ["'string' is not assignable to type 'undefined'"],
  ],
  ['new lxd.Remote("a", { adress: "https://x:8443" });', ["'adress' does not exist"]],
  ['new lxd.Instance("a", { nics: [{ network: "n", nictype: "bridged" }] });', ["property 'nictype'"]],
  [
    'new lxd.Instance("a", { disks: [{ hostPath: "/a", volume: "v", pool: "p" }] });',
    ["'string' is not assignable to type 'undefined'"],
  ],
  ['new lxd.Instance("a", { bootCommand: [{ type: "x", key: "enter" }] });', ["property 'key'"]],
  ['new lxd.GoldenImage("a", { iso, provision: [{ files: {}, exec: ["x"] }] });', ["property 'exec'"]],
  // Words.
  [
    'new lxd.Instance("a", { waitFor: [{ condition: "powered_off" }] });',
    ["powered-off", "agent", "cloud-init", "ipv4", "ipv6", "console", "exec", "port"].map((each) => `"${each}"`),
  ],
  [
    'new lxd.GoldenImage("a", { iso, verify: { waitFor: [{ condition: "agnt" }] } });',
    ['OneOf<"', '"powered-off"', '"agent"'],
  ],
  ['new lxd.Instance("a", { waitFor: [{ condition: "console" }] });', ["'pattern' is missing", "'ConsoleWait'"]],
  [
    'new lxd.Instance("a", { waitFor: [{ condition: "agent", pattern: "x" }] });',
    ["'pattern' does not exist in type 'AgentWait"],
  ],
  ['new lxd.Instance("a", { type: "vm" });', [`'"vm"'`, 'StringInput<"container" | "virtual-machine" | undefined>']],
  ['new lxd.Instance("a", { bootCommand: [{ key: "return" }] });', [`'"return"'`, "StringInput<Key>"]],
  // Sizes and durations.
  [
    'new lxd.Instance("a", { rootDisk: { pool: "p", size: "10 gigs" } });',
    [`'"10 gigs"'`, "StringInput<Size | undefined>"],
  ],
  [
    'new lxd.Instance("a", { rootDisk: { pool: "p", size: "-5GiB" } });',
    [`'"-5GiB"'`, "StringInput<Size | undefined>"],
  ],
  ['new lxd.Instance("a", { rootDisk: { pool: "p", size: text } });', ["'string'", "StringInput<Size | undefined>"]],
  ['new lxd.GoldenImage("a", { iso, machine: { memory: "2G" } });', [`'"2G"'`, "StringInput<Size | undefined>"]],
  ['new lxd.Instance("a", { shutdownTimeout: "-5m" });', [`'"-5m"'`, "StringInput<Duration | undefined>"]],
  [
    'new lxd.Instance("a", { waitFor: [{ condition: "agent", timeout: "5min" }] });',
    [`'"5min"'`, "StringInput<Duration | undefined>"],
  ],
  // The rest.
  [
    'new lxd.Instance("a", { descripton: "x" });',
    ["'descripton' does not exist", "Did you mean to write 'description'?"],
  ],
  ['new lxd.IsoVolume("a", { source: { file: "x" } });', ["'pool' is missing"]],
];
