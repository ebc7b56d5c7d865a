// What the lifecycle table needs to know of a kind. A new kind gets every test by being in the list.
import { randomInt } from "node:crypto";
import { tinyImage, tinyIso } from "../harness";
import { type Declared, type Props } from "../harness/stack-run";
import { blank, container, type Site } from "../instance/site";
import { type KindName } from "../../../sdk/resource/resource";

/** One resource under test, and what it stands on. */
export interface Subject {
  /** Made before it, in the same program. */
  before?: Declared[];
  args: Declared["args"];
  /** Inputs that change alone, and what each costs. */
  changes: Change[];
  /** The path of the object on the daemon. */
  uri: (outputs: Props) => string;
  /** What is there, if it is not simply what a GET of the path returns. */
  look?: (outputs: Props) => Promise<Props | undefined>;
  removeByHand?: (outputs: Props) => Promise<unknown>;
}

/** Inputs over those of the beginning. */
export type More = Props | ((outputsOf: (name: string) => Props) => Props);

export interface Change {
  input: string;
  more: More;
  cost: "same" | "updated" | "replaced";
}

export interface Kind {
  kindName: KindName;
  title: string;
  needs?: string[];
  /** What says which object it is, among what the daemon shows of it; absent where nothing does. */
  identity?: (object: Props) => unknown;
  /** Whether its name changes in place. */
  isRenamed?: boolean;
  /** The ID by which it is imported. */
  importId?: (outputs: Props) => string;
  /** Whether it has a name that can change by hand while the object stays the same. */
  isNamed?: boolean;
  /** Whether its name is the provider's choice: then one that was given by hand stays. */
  hasAutomaticName?: boolean;
  /** The place that may be deleted by hand with all that is in it. */
  place?: "pool" | "project";
  /** Whether it needs an image of the project `default`. */
  needsImage?: boolean;
  /** Whether it needs a volume of the project `default`. */
  needsVolume?: boolean;
  /** Whether each test has guests install themselves again and again. */
  isInstalled?: boolean;
  subject: (site: Site, at: { name: string; pool: string; project: string }) => Promise<Subject>;
}

const custom = (pool: unknown): string => `/1.0/storage-pools/${String(pool)}/volumes/custom`;
const inProject = (path: string, { project }: Props): string => `${path}?project=${String(project)}`;
const createdAt = (object: Props): unknown => object["created_at"];
const uuid = (object: Props): unknown => (object["config"] as Props)["volatile.uuid"];
const described: Change = { input: "description", more: { description: "another" }, cost: "updated" };
const setKey: Change = { input: "config", more: { config: { "user.a": "1" } }, cost: "updated" };
const instanceUri = (outputs: Props): string => inProject(`/1.0/instances/${String(outputs["name"])}`, outputs);
const stateUri = (outputs: Props): string => inProject(`/1.0/instances/${String(outputs["instance"])}/state`, outputs);
const projectId = (outputs: Props): string => `${String(outputs["project"])}/${String(outputs["name"])}`;
const poolId = (outputs: Props): string =>
  `${String(outputs["project"])}/${String(outputs["pool"])}/${String(outputs["name"])}`;
const volumeUri = (outputs: Props): string =>
  inProject(`${custom(outputs["pool"])}/${String(outputs["name"])}`, outputs);

const isoVolume: Kind = {
  kindName: "IsoVolume",
  title: "ISO volume with an automatic name",
  needs: ["custom_volume_iso"],
  identity: createdAt,
  isNamed: true,
  hasAutomaticName: true,
  place: "pool",
  subject: async (site, { name, pool, project }) => {
    const [file, other] = [
      await site.file(tinyIso({ marker: name })),
      await site.file(tinyIso({ marker: `${name}2` })),
    ];
    return {
      args: { pool, project, source: { file } },
      uri: volumeUri,
      changes: [
        described,
        { input: "allowAnyContent", more: { allowAnyContent: true }, cost: "same" },
        { input: "source", more: { source: { file: other } }, cost: "replaced" },
      ],
    };
  },
};

const namedIsoVolume: Kind = {
  ...isoVolume,
  title: "ISO volume with a fixed name",
  hasAutomaticName: false,
  importId: poolId,
  subject: async (site, at) => {
    const { args, ...rest } = await isoVolume.subject(site, at);
    return { ...rest, args: { ...(args as Props), name: at.name, overwrite: true, trustContent: true } };
  },
};

const image: Kind = {
  kindName: "Image",
  title: "image",
  identity: (object) => object["fingerprint"],
  importId: ({ project, fingerprint }) => `${String(project)}/${String(fingerprint)}`,
  place: "project",
  subject: async (site, { name, project }) => {
    const content = (more: string): Buffer =>
      tinyImage({ properties: { run: `${name}${more}` }, withoutBusybox: true });
    const [file, other] = [await site.file(content("")), await site.file(content("2"))];
    return {
      args: { source: { file }, project },
      uri: (outputs) => inProject(`/1.0/images/${String(outputs["fingerprint"])}`, outputs),
      changes: [
        { input: "properties", more: { properties: { os: "other" } }, cost: "updated" },
        { input: "aliases", more: { aliases: [`${name}-alias`] }, cost: "updated" },
        { input: "public", more: { public: true }, cost: "updated" },
        { input: "aliasPolicy", more: { aliasPolicy: "move" }, cost: "same" },
        { input: "source", more: { source: { file: other } }, cost: "replaced" },
      ],
    };
  },
};

const virtualMachine: Kind = {
  kindName: "Instance",
  title: "virtual machine",
  identity: uuid,
  isNamed: true,
  isRenamed: true,
  importId: projectId,
  place: "project",
  subject: async (site, { name, project }) => {
    const other = await site.image(`${name}c`);
    return {
      args: { ...blank, profiles: [], name, project },
      uri: instanceUri,
      changes: [
        described,
        { input: "config", more: { config: { "limits.memory": "257MiB" } }, cost: "updated" },
        { input: "shutdownTimeout", more: { shutdownTimeout: "31s" }, cost: "updated" },
        { input: "allowRestart", more: { allowRestart: true }, cost: "same" },
        { input: "type", more: { type: "container", source: { image: other }, firmware: undefined }, cost: "replaced" },
      ],
    };
  },
};

const machine: Kind = {
  ...virtualMachine,
  title: "container",
  needsImage: true,
  subject: async (site, { name, project }) => {
    const [one, other] = [await site.image(`${name}a`), await site.image(`${name}b`)];
    return {
      args: { ...container(one), profiles: [], name, project, running: false, allowRestart: true },
      uri: instanceUri,
      changes: [
        described,
        { input: "config", more: { config: { "limits.memory": "65MiB" } }, cost: "updated" },
        { input: "allowRestart", more: { allowRestart: false }, cost: "same" },
        { input: "source", more: { source: { image: other } }, cost: "replaced" },
      ],
    };
  },
};

/** A blank virtual machine of the same program. */
const aMachine = (name: string, project: string): Declared => ({
  kindName: "Instance",
  name,
  args: { ...blank, profiles: [], name, project },
});

/** What a resource says of the instance that it is about, as the SDK does. */
const about =
  (name: string): ((of: (name: string) => Props) => Props) =>
  (of) => ({ instance: of(name)["name"], __instance: of(name)["__identity"] });

const snapshot: Kind = {
  kindName: "InstanceSnapshot",
  title: "snapshot",
  identity: createdAt,
  isNamed: true,
  isRenamed: true,
  importId: ({ project, instance, name }) => [project, instance, name].join("/"),
  place: "project",
  subject: (_site, { name, project }) =>
    Promise.resolve({
      before: [aMachine(`${name}-m`, project), aMachine(`${name}-n`, project)],
      args: (of) => ({ ...about(`${name}-m`)(of), name, project }),
      uri: (outputs) =>
        inProject(`/1.0/instances/${String(outputs["instance"])}/snapshots/${String(outputs["name"])}`, outputs),
      changes: [
        { input: "expiresAt", more: { expiresAt: "2040-01-01T00:00:00Z" }, cost: "updated" },
        { input: "restore", more: { restore: 1 }, cost: "updated" },
        { input: "instance", more: about(`${name}-n`), cost: "replaced" },
      ],
    }),
};

const goldenBuild: Kind = {
  kindName: "GoldenBuild",
  title: "golden image",
  needs: ["custom_volume_iso"],
  identity: (object) => object["fingerprint"],
  place: "project",
  needsVolume: true,
  isInstalled: true,
  subject: async (site, { pool, project }) => {
    const machine = { memory: "256MiB", rootDisk: { pool, size: "64MiB" }, firmware: "uefi", profiles: [] };
    const aliases = [`${site.name()}-alias`];
    return {
      args: {
        version: "v1",
        iso: { pool, name: await site.iso("power off") },
        machine,
        install: { timeout: "2m", stableFor: "20ms" },
        project,
      },
      uri: (outputs) => inProject(`/1.0/images/${String(outputs["fingerprint"])}`, outputs),
      changes: [
        { input: "image", more: { image: { aliases, properties: { os: "tiny" }, public: true } }, cost: "updated" },
        { input: "keep", more: { keep: 3 }, cost: "updated" },
        { input: "onFailure", more: { onFailure: "clean" }, cost: "same" },
        { input: "verify", more: { verify: { waitFor: [{ condition: "agent" }] } }, cost: "same" },
        { input: "machine", more: { machine: { ...machine, memory: "257MiB" } }, cost: "replaced" },
      ],
    };
  },
};

const exec: Kind = {
  kindName: "Exec",
  title: "command",
  needsImage: true,
  place: "project",
  subject: async (site, { name, project }) => {
    const fingerprint = await site.image(`${name}e`);
    const aContainer = (instance: string): Declared => ({
      kindName: "Instance",
      name: instance,
      args: { ...container(fingerprint), profiles: [], name: instance, project, allowRestart: true },
    });
    const trace = (outputs: Props): string =>
      `${inProject(`/1.0/instances/${String(outputs["instance"])}/files`, outputs)}&path=/tmp/${name}`;
    const look = async (outputs: Props): Promise<Props | undefined> => {
      const reply = await site.daemon.raw.get(trace(outputs));
      return reply.status === 200 ? { said: reply.bytes.toString() } : undefined;
    };
    return {
      before: [aContainer(`${name}-m`), aContainer(`${name}-n`)],
      args: (of) => {
        const command = ["/bin/sh", "-c", `echo ran >> /tmp/${name}`];
        const onDelete = ["/bin/busybox", "rm", "-f", `/tmp/${name}`];
        return { ...about(`${name}-m`)(of), command, onDelete, project };
      },
      uri: trace,
      look,
      // A command is gone with its machine.
      removeByHand: async (outputs) => {
        await site.change("PUT", stateUri(outputs), { action: "stop", force: true });
        await site.change("DELETE", instanceUri({ ...outputs, name: outputs["instance"] }));
      },
      changes: [
        { input: "triggers", more: { triggers: [1] }, cost: "updated" },
        { input: "timeout", more: { timeout: "4m" }, cost: "updated" },
        { input: "instance", more: about(`${name}-n`), cost: "replaced" },
      ],
    };
  },
};

const storageVolume: Kind = {
  kindName: "StorageVolume",
  title: "storage volume",
  // LXD 5.0 says the same creation time of all; there the content type, which only a replacement changes, has to tell.
  identity: (object) => [object["created_at"], object["content_type"]].join(" "),
  isNamed: true,
  isRenamed: true,
  importId: poolId,
  place: "pool",
  subject: (_site, { name, pool, project }) =>
    Promise.resolve({
      args: { pool, project, name },
      uri: volumeUri,
      changes: [described, setKey, { input: "contentType", more: { contentType: "block" }, cost: "replaced" }],
    }),
};

const profile: Kind = {
  kindName: "Profile",
  title: "profile",
  importId: projectId,
  place: "project",
  subject: (_site, { name, project }) =>
    Promise.resolve({
      args: { name, project },
      uri: (outputs) => inProject(`/1.0/profiles/${String(outputs["name"])}`, outputs),
      changes: [described, setKey, { input: "name", more: { name: `${name}-2` }, cost: "replaced" }],
    }),
};

const network: Kind = {
  kindName: "Network",
  title: "network",
  importId: projectId,
  subject: () => {
    // Interfaces have short names.
    const short = `l${randomInt(36 ** 6).toString(36)}`;
    // Two bridges of one address cannot be there at the same time.
    const subnet = randomInt(1, 125);
    const [address, other] = [`10.219.${subnet}.1/24`, `10.219.${subnet + 125}.1/24`];
    return Promise.resolve({
      args: { name: short, ipv4: { address }, ipv6: { address: "none" } },
      uri: (outputs) => `/1.0/networks/${String(outputs["name"])}`,
      changes: [
        described,
        setKey,
        { input: "name", more: { name: `${short}b`, ipv4: { address: other } }, cost: "replaced" },
      ],
    });
  },
};

const project: Kind = {
  kindName: "Project",
  title: "project",
  importId: ({ name }) => String(name),
  subject: (_site, { name }) =>
    Promise.resolve({
      args: { name },
      uri: (outputs) => `/1.0/projects/${String(outputs["name"])}`,
      changes: [described, setKey, { input: "name", more: { name: `${name}-2` }, cost: "replaced" }],
    }),
};

const storagePool: Kind = {
  kindName: "StoragePool",
  title: "storage pool",
  importId: ({ name }) => String(name),
  subject: (_site, { name }) =>
    Promise.resolve({
      args: { name, driver: "dir" },
      uri: (outputs) => `/1.0/storage-pools/${String(outputs["name"])}`,
      changes: [described, setKey, { input: "name", more: { name: `${name}-2` }, cost: "replaced" }],
    }),
};

export const kinds: readonly Kind[] = [
  ...[isoVolume, namedIsoVolume, image, machine, virtualMachine, snapshot, exec, goldenBuild],
  ...[storageVolume, profile, network, project, storagePool],
];
