// Golden images: which inputs go into the image and so build a new version, and which do not.
import { expect } from "vitest";
import { describeGoldenImages } from "./site";

type Args = Record<string, unknown>;
type Change = (args: Args, other: string) => Args;

const inMachine =
  (change: object): Change =>
  (args) => ({ ...args, machine: { ...(args["machine"] as object), ...change } });
const inImage =
  (change: object): Change =>
  (args) => ({ ...args, image: { ...(args["image"] as object), ...change } });
const pool = "default";

/** Input by input: what is changed, and what a preview says of it. */
const table: [title: string, change: Change, replaces: string[], changes?: boolean][] = [
  ["the installer's content", (args) => ({ ...args, iso: { pool, name: "x", digest: "sha256:other" } }), ["iso"]],
  ["the installer's name alone", (args) => ({ ...args, iso: { ...(args["iso"] as object), name: "renamed" } }), []],
  [
    "an installer of which nobody knows the content",
    (args, other) => ({ ...args, iso: { pool, name: other } }),
    ["iso"],
  ],
  ["the same one by its ID", (args, other) => ({ ...args, iso: `default/default/${other}` }), ["iso"]],
  ["another medium", (args, other) => ({ ...args, media: [{ pool, name: other }] }), ["media"]],
  ["cpus", inMachine({ cpus: 2 }), ["machine"]],
  ["memory", inMachine({ memory: "300MiB" }), ["machine"]],
  ["memory, spelled in another way", inMachine({ memory: "262144KiB" }), []],
  ["the root disk", inMachine({ rootDisk: { pool, size: "65MiB" } }), ["machine"]],
  ["the root disk's size, spelled in another way", inMachine({ rootDisk: { pool, size: "65536KiB" } }), []],
  ["firmware", inMachine({ firmware: "bios" }), ["machine"]],
  ["tpm", inMachine({ tpm: true }), ["machine"]],
  ["config", inMachine({ config: { "user.color": "blue" } }), ["machine"]],
  ["devices", inMachine({ devices: { lo: { type: "nic", nictype: "p2p" } } }), ["machine"]],
  ["profiles", inMachine({ profiles: ["default"] }), ["machine"]],
  ["bootCommand", (args) => ({ ...args, bootCommand: [{ key: "enter" }] }), ["bootCommand"]],
  ["the version alone", (args) => ({ ...args, version: "feedbeef" }), []],
  ["install.timeout", (args) => ({ ...args, install: { timeout: "3m" } }), []],
  ["verify", (args) => ({ ...args, verify: { waitFor: [{ condition: "ipv4" }] } }), []],
  ["onFailure", (args) => ({ ...args, onFailure: "clean" }), []],
  ["compression", inImage({ compression: "zstd" }), []],
  ["aliases", inImage({ aliases: [] }), [], true],
  ["properties", inImage({ properties: { os: "other" } }), [], true],
  ["public", inImage({ public: true }), [], true],
  ["expiresAt", inImage({ expiresAt: "2033-01-01T00:00:00Z" }), [], true],
  ["keep", (args) => ({ ...args, keep: 5 }), [], true],
];

describeGoldenImages("what goes into golden images", (site) => {
  site.testWithSimulation("is what builds a new version, and nothing else does", async () => {
    const golden = await site.golden();
    const other = await site.iso("power off");
    const args = golden.args();
    await golden.resource.up(args);
    for (const [title, change, replaces, changes = replaces.length > 0] of table) {
      const preview = await golden.resource.preview(change(args, other));
      expect(preview, title).toEqual({ changes, replaces, deleteBeforeReplace: false });
    }
  });

  site.testWithSimulation("may be unknown in a preview", async () => {
    const golden = await site.golden();
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    for (const key of ["version", "iso", "machine", "bootCommand", "install", "verify", "image", "keep", "pin"]) {
      expect(await golden.resource.failures({ ...golden.args(), [key]: unknown }), key).toEqual([]);
    }
    const deep = { ...golden.args(), media: [unknown], iso: { pool: unknown, name: unknown, digest: unknown } };
    expect(await golden.resource.failures(deep)).toEqual([]);
    await golden.resource.up(golden.args());
    expect((await golden.resource.preview(deep)).replaces).toEqual(["iso", "media"]);
  });

  site.testWithSimulation("is told all at once when it is wrong", async () => {
    const golden = await site.golden();
    const machine = {
      rootDisk: { pool: "defualt" },
      profiles: ["nosuch"],
      config: { "volatile.x": "1", "limits.memory": "1GiB" },
    };
    const args = golden.args({ machine, media: ["a/b/c/d"], image: { alias: "x" }, keep: 0 });
    const failures = await golden.resource.failures({ ...args, verify: { waitFor: [] }, pin: "none" });
    expect(failures.map(({ property }) => property).sort()).toEqual([
      "image.alias",
      "keep",
      'machine.config["limits.memory"]',
      'machine.config["volatile.x"]',
      "machine.profiles[0]",
      "machine.rootDisk.pool",
      "media[0]",
      "pin",
      "verify.waitFor",
    ]);
  });

  site.testWithSimulation("must be there: a medium that is missing is named in the preview", async () => {
    const golden = await site.golden();
    expect(await golden.resource.failures(golden.args({ media: ["nosuch"] }))).toMatchObject([
      { property: "media[0]", reason: expect.stringMatching(/there is no storage volume default\/nosuch/) as string },
    ]);
  });

  site.testWithSimulation("a medium that is deleted after the preview is named by the phase", async () => {
    const golden = await site.golden();
    const medium = await site.data();
    const { inputs, failures } = await golden.resource.check(golden.args({ media: [medium] }));
    expect(failures).toEqual([]);
    await site.change("DELETE", `/1.0/storage-pools/default/volumes/custom/${medium}`);
    const missing = new RegExp(`phase media: there is no ISO volume default/${medium}`);
    await expect(golden.resource.create(inputs)).rejects.toThrow(missing);
    expect(await golden.machines()).toEqual([]);
  });
});
