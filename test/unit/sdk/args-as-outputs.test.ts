// Every argument is an output of its class: what the provider stores, or what the program has written.
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { kinds } from "../../../provider/kinds";
import * as lxd from "../../../sdk";

/** What the engine returns instead of the inputs, by name. */
let stored: Map<string, Record<string, unknown>>;
let sent: Map<string, Record<string, unknown>>;

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource({ name, inputs }) {
      sent.set(name, inputs as Record<string, unknown>);
      return { id: `id-of-${name}`, state: stored.get(name) ?? {} };
    },
    call: () => ({}),
  }),
);
beforeEach(() => {
  stored = new Map([["golden", { hex: "00000000", fingerprint: "f" }]]);
  sent = new Map();
});

function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

const isSecret = (output: pulumi.Output<unknown>): Promise<boolean> => pulumi.isSecret(output);

/** One of each class, with as few arguments as possible. */
const made: [kind: keyof typeof kinds, make: () => pulumi.Resource][] = [
  ["Exec", () => new lxd.Exec("a", { instance: "vm", command: ["true"] })],
  ["GoldenBuild", () => new lxd.GoldenImage("golden", { iso: "a/b" })],
  ["Image", () => new lxd.Image("a", {})],
  ["Instance", () => new lxd.Instance("a", {})],
  ["InstanceSnapshot", () => new lxd.InstanceSnapshot("a", { instance: "vm" })],
  ["IsoVolume", () => new lxd.IsoVolume("a", { pool: "default" })],
  ["Network", () => new lxd.Network("a")],
  ["Profile", () => new lxd.Profile("a")],
  ["Project", () => new lxd.Project("a")],
  ["StoragePool", () => new lxd.StoragePool("a", { driver: "dir" })],
  ["StorageVolume", () => new lxd.StorageVolume("a", { pool: "default" })],
];

/** The arguments that the provider accepts. */
async function argumentsOf(kind: keyof typeof kinds): Promise<string[]> {
  const { schema } = await kinds[kind]();
  const keys = Object.keys(schema.shape);
  return keys.filter((key) => !key.startsWith("__") && !(kind === "GoldenBuild" && key === "version"));
}

it.each(made)("%s has an output for every argument that the provider accepts", async (kind, make) => {
  const resource = make() as unknown as Record<string, unknown>;
  const keys = await argumentsOf(kind);
  expect(keys.length).toBeGreaterThan(4);
  expect(keys.filter((key) => !pulumi.Output.isInstance(resource[key]))).toEqual([]);
});

describe("an argument as an output", () => {
  it("is what the program has written, where the provider stores nothing", async () => {
    const volume = new lxd.IsoVolume("medium", { pool: "fast", name: "installer", source: { file: "a.iso" } });
    const vm = new lxd.Instance("vm", {
      description: pulumi.output("text"),
      cdroms: [{ volume, bootPriority: pulumi.output(10) }],
      rootDisk: pulumi.output({ pool: "default", size: "10GiB" as const }),
      files: [{ path: "/a", content: "a" }],
      waitFor: [{ condition: "agent" }],
      remote: "build",
    });
    expect(await valueOf(volume.source)).toEqual({ file: "a.iso" });
    expect(await valueOf(vm.description)).toBe("text");
    expect(await valueOf(vm.cdroms)).toEqual([{ volume: { pool: "fast", name: "installer" }, bootPriority: 10 }]);
    expect(await valueOf(vm.rootDisk)).toEqual({ pool: "default", size: "10GiB" });
    expect(await valueOf(vm.files)).toEqual([{ path: "/a", content: { text: "a" } }]);
    expect(await valueOf(vm.waitFor)).toEqual([{ condition: "agent" }]);
    expect(await valueOf(vm.remote)).toEqual({ name: "build" });
  });

  it("is what the provider stores, where it does", async () => {
    stored.set("vm", { rootDisk: { pool: "default", size: "10240MiB" }, os: "linux" });
    const vm = new lxd.Instance("vm", { rootDisk: { pool: "default", size: "10GiB" }, tpm: true });
    expect(await valueOf(vm.rootDisk)).toEqual({ pool: "default", size: "10240MiB" });
    expect(await valueOf(vm.os)).toBe("linux");
    expect(await valueOf(vm.tpm)).toBe(true);
  });

  it("is undefined, and not sent, if it is omitted", async () => {
    const vm = new lxd.Instance("vm", { description: undefined, target: pulumi.output(undefined) });
    for (const output of [vm.description, vm.target, vm.cdroms, vm.source]) {
      expect(await valueOf<unknown>(output)).toBeUndefined();
    }
    expect(Object.entries(sent.get("vm") ?? {}).filter(([key]) => !key.startsWith("__"))).toEqual([]);
  });

  it("is a secret as a whole if it contains one, and only then", async () => {
    const remote = { address: "https://a:8443", trustToken: "t" };
    const cloudInit = { userData: pulumi.secret("#cloud-config") };
    const vm = new lxd.Instance("vm", { cloudInit, nics: [{ network: "br0" }], remote });
    const golden = new lxd.GoldenImage("golden", { iso: "a/b", seal: [{ exec: ["sh", pulumi.secret("x")] }] });
    const secrets = [vm.cloudInit, vm.nics, vm.remote, golden.seal, golden.iso].map(isSecret);
    expect(await Promise.all(secrets)).toEqual([true, false, true, true, false]);
  });

  it("is accepted by another resource", async () => {
    const vm = new lxd.Instance("vm", { rootDisk: { pool: "default" }, nics: [{ network: "br0" }], firmware: "bios" });
    const { rootDisk, nics, firmware, description, cdroms, remote } = vm;
    const copy = new lxd.Instance("copy", { rootDisk, nics, firmware, description, cdroms, remote });
    await valueOf(copy.rootDisk);
    expect(sent.get("copy")).toMatchObject({
      rootDisk: { pool: "default" },
      nics: [{ network: "br0" }],
      firmware: "bios",
    });
  });

  it("of `get` is what the provider reads", async () => {
    stored.set("read", { description: "text", rootDisk: { pool: "default" } });
    const read = lxd.Instance.get("read", "default/read");
    expect(await valueOf(read.description)).toBe("text");
    expect(await valueOf(read.rootDisk)).toEqual({ pool: "default" });
    expect(await valueOf(read.cdroms)).toBeUndefined();
  });
});
