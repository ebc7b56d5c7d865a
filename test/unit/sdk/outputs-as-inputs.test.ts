// Inputs that are outputs or promises, at every depth: the provider gets the same as of plain values.
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import * as lxd from "../../../sdk";

let sent: Map<string, Record<string, unknown>>;
let medium: lxd.IsoVolume;
let machine: lxd.Instance;

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource({ type, name, inputs }) {
      sent.set(`${type.split(":").at(-1) ?? ""} ${name}`, inputs as Record<string, unknown>);
      const known = {
        name: `the-${name}`,
        digest: `sha256:${name}`,
        project: "shop",
        createdAt: "then",
        __identity: "uuid",
        hex: "00",
      };
      return { id: name, state: { ...(inputs as object), ...known } };
    },
    call: () => ({}),
  });
});
beforeEach(() => {
  sent = new Map();
  medium = new lxd.IsoVolume("medium", { pool: "fast", source: { file: "a.iso" } });
  machine = new lxd.Instance("machine", {});
});

const { FileArchive, FileAsset, StringAsset } = pulumi.asset;
const bytes = Uint8Array.from([72, 105]);

/** Every way in which a value can be not there yet. */
const ways: [string, <T>(value: T) => pulumi.Input<T>][] = [
  ["a plain value", (value) => value],
  ["an output", (value) => pulumi.output(value) as never],
  ["a promise", (value) => Promise.resolve(value)],
  ["an output of another resource", (value) => medium.name.apply(() => value)],
  ["a promise of an output", (value) => Promise.resolve(pulumi.output(value)) as never],
];

async function registered(key: string): Promise<Record<string, unknown>> {
  await new Promise((resolve) => machine.name.apply(resolve));
  await pulumi.runtime.disconnect();
  return sent.get(key) ?? expect.fail(`${key} was not registered`);
}

describe.each(ways)("%s", (_, later) => {
  const sourceOf = async (source: pulumi.Input<lxd.IsoSourceArgs>): Promise<unknown> => {
    new lxd.IsoVolume("volume", { pool: "default", source });
    return (await registered("IsoVolume volume"))["source"];
  };

  it("is taken as a source", async () => {
    expect(await sourceOf(later({ file: "a.iso" }))).toEqual({ file: "a.iso" });
    expect(await sourceOf({ file: later("a.iso") })).toEqual({ file: "a.iso" });
    const urls = { urls: ["https://a/x", "https://b/x"], checksum: "sha256:0" };
    expect(await sourceOf(later(urls))).toEqual(urls);
    expect(await sourceOf({ urls: later(urls.urls.map((url) => later(url))), checksum: later("sha256:0") })).toEqual(
      urls,
    );
  });

  it("is taken as files of a source", async () => {
    const files = () => ({
      text: "text",
      bytes,
      "string-asset": new StringAsset("text"),
      "file-asset": new FileAsset("./a.txt"),
      folder: new FileArchive("./folder"),
    });
    const expected = {
      label: "A",
      files: {
        text: { text: "text" },
        bytes: { base64: "SGk=" },
        "string-asset": { text: "text" },
        "file-asset": { file: "./a.txt" },
        folder: { folder: "./folder" },
      },
    };
    expect(await sourceOf(later({ label: "A", files: files() }))).toEqual(expected);
    expect(await sourceOf({ label: later("A"), files: later(files()) })).toEqual(expected);
    const each = Object.fromEntries(Object.entries(files()).map(([path, file]) => [path, later(file)]));
    expect(await sourceOf({ label: "A", files: later(each) })).toEqual(expected);
  });

  it("is taken as a volume to copy", async () => {
    const own = { pool: "fast", name: "the-medium", project: "shop", digest: "sha256:medium" };
    expect(await sourceOf(later({ volume: medium }))).toEqual({ volume: own });
    expect(await sourceOf({ volume: later(medium) })).toEqual({ volume: own });
    const other = { pool: "fast", name: "other" };
    expect(await sourceOf({ volume: later({ ...other, name: later("other") }) })).toEqual({ volume: other });
  });

  it("is taken as cdroms", async () => {
    const cdromsOf = async (cdroms: lxd.InstanceArgs["cdroms"] & {}): Promise<unknown> => {
      new lxd.Instance("vm", { cdroms });
      return (await registered("Instance vm"))["cdroms"];
    };
    const own = { volume: { pool: "fast", name: "the-medium", digest: "sha256:medium" } };
    expect(await cdromsOf(later([{ volume: medium }]))).toEqual([own]);
    expect(await cdromsOf([later({ volume: medium, bootPriority: 1 })])).toEqual([{ ...own, bootPriority: 1 }]);
    expect(await cdromsOf([{ volume: later(medium), bootPriority: later(1) }])).toEqual([{ ...own, bootPriority: 1 }]);
    expect(await cdromsOf(later([later({ volume: later(medium) })]))).toEqual([own]);
    const others = [{ volume: { pool: "a", name: "b" } }, { hostPath: "/a.iso" }];
    expect(await cdromsOf(later(others))).toEqual(others);
    expect(await cdromsOf([{ volume: later({ pool: later("a"), name: "b" }) }, later({ hostPath: "/a.iso" })])).toEqual(
      others,
    );
  });

  it("is taken as media of a golden image, which stays the same version", async () => {
    const own = { pool: "fast", name: "the-medium", digest: "sha256:medium" };
    const sentFor = async (args: lxd.GoldenImageArgs): Promise<unknown> => {
      new lxd.GoldenImage("golden", args);
      const { iso, media, provision, seal } = await registered("GoldenBuild golden");
      return { iso, media, provision, seal, keepers: (await registered("RandomId golden"))["keepers"] };
    };
    const provision: lxd.ProvisionStepArgs[] = [{ files: { "/a": "a" } }, { exec: ["true"] }];
    const plain = await sentFor({ iso: medium, media: ["a/b", medium], provision, seal: [{ exec: ["false"] }] });
    expect(plain).toMatchObject({
      iso: own,
      media: ["a/b", own],
      provision: [{ files: { "/a": { text: "a" } } }, { exec: ["true"] }],
      seal: [{ exec: ["false"] }],
    });
    const seal = [{ exec: ["false"] }];
    expect(await sentFor({ iso: later(medium), media: later(["a/b", medium]), provision, seal })).toEqual(plain);
    const each = { media: [later("a/b"), later(medium)], provision: provision.map((step) => later(step)) };
    expect(await sentFor({ iso: medium, ...each, seal: later(seal) })).toEqual(plain);
    const steps: lxd.ProvisionStepArgs[] = [{ files: later({ "/a": later("a") }) }, { exec: later(["true"]) }];
    expect(
      await sentFor({ iso: medium, media: later([later("a/b"), later(medium)]), provision: later(steps), seal }),
    ).toEqual(plain);
  });

  it("that is undefined counts as absent", async () => {
    const none = later(undefined);
    const kept = async (args: lxd.GoldenImageArgs): Promise<unknown> => {
      new lxd.GoldenImage("golden", args);
      const { __secrets: _, ...build } = await registered("GoldenBuild golden");
      return { build, keepers: (await registered("RandomId golden"))["keepers"] };
    };
    const plain = await kept({ iso: "a/b" });
    const lists = { media: none, bootCommand: none, provision: none, seal: none };
    expect(await kept({ iso: "a/b", ...lists, machine: none, image: none, keep: none, remote: none })).toEqual(plain);
    new lxd.Instance("vm", {
      cdroms: none,
      files: none,
      source: none,
      remote: none,
      rootDisk: { pool: "a", size: none },
    });
    const { __provider, __urn, ...sentArgs } = await registered("Instance vm");
    expect(sentArgs).toEqual({ rootDisk: { pool: "a" } });
  });

  it("is taken as the machine of commands and snapshots", async () => {
    new lxd.Exec("exec", { instance: later(machine), command: ["true"] });
    new lxd.InstanceSnapshot("snapshot", { instance: later(machine) });
    new lxd.Exec("named", { instance: later("vm"), command: ["true"] });
    const own = { instance: "the-machine", __instance: "uuid" };
    expect(await registered("Exec exec")).toMatchObject(own);
    expect(await registered("InstanceSnapshot snapshot")).toMatchObject(own);
    expect(await registered("Exec named")).toMatchObject({ instance: "vm" });
    expect(await registered("Exec named")).not.toHaveProperty("__instance");
  });
});
