// The resource option `ignoreChanges` during an import, and what the errors of an import say of values that differ.
import { expect } from "vitest";
import { describeEachDaemon, type TestDaemon } from "../harness";
import { StackResource } from "../harness/stack";
import { blank, Site } from "../instance/site";
import { type Props } from "../harness/stack-run";
import { type KindName } from "../../../sdk/resource/resource";

interface Case {
  kind: KindName;
  args: (name: string) => Props;
  /** What the program says of the object that is there, and the paths that it ignores. */
  other: Props;
  ignored: string[];
  uri: (name: string) => string;
  id: (name: string) => string;
}

const cases: Case[] = [
  {
    kind: "Instance",
    args: (name) => ({
      ...blank,
      name,
      profiles: [],
      description: "theirs",
      config: { "limits.memory": "256MiB", "user.a": "theirs", "user.b": "both" },
    }),
    other: {
      description: "ours",
      firmware: "bios",
      rootDisk: { pool: "default", size: "32MiB" },
      config: { "limits.memory": "256MiB", "user.a": "ours", "user.b": "both" },
    },
    ignored: ["description", 'config["user.a"]', "rootDisk.size", "firmware"],
    uri: (name) => `/1.0/instances/${name}`,
    id: (name) => `default/${name}`,
  },
  {
    kind: "Profile",
    args: (name) => ({ name, description: "theirs", config: { "user.a": "theirs" } }),
    other: { description: "ours", config: { "user.c": "ours" } },
    ignored: ["description", "config"],
    uri: (name) => `/1.0/profiles/${name}`,
    id: (name) => `default/${name}`,
  },
  {
    kind: "StorageVolume",
    args: (name) => ({ name, pool: "default", description: "theirs" }),
    other: { description: "ours" },
    ignored: ["description"],
    uri: (name) => `/1.0/storage-pools/default/volumes/custom/${name}`,
    id: (name) => `default/default/${name}`,
  },
];

const withoutOwner = (object: unknown): unknown =>
  JSON.parse(
    JSON.stringify(object, (key, value: unknown) => (key === "user.pulumi.owner" ? undefined : value)),
  ) as unknown;

describeEachDaemon("ignored on import", (daemon: TestDaemon) => {
  const site = new Site(daemon);
  const resource = (kind: KindName, name: string): StackResource => new StackResource(kind, name, daemon.socket);

  for (const { kind, args, other, ignored, uri, id } of cases) {
    daemon.test(`${kind}: what is ignored keeps the object's value`, {}, async () => {
      const name = site.name();
      const theirs = resource(kind, `${name}-theirs`);
      await theirs.up(args(name));
      const before = await site.get(uri(name));
      const ours = resource(kind, name);
      const program = { ...args(name), ...other, __import: id(name) };
      await expect(ours.up(program)).rejects.toThrow('import: is "ours" in the program and "theirs" on the daemon');
      expect(await ours.up({ ...program, __ignoreChanges: ignored })).toBe("created");
      expect(withoutOwner(await site.get(uri(name)))).toEqual(withoutOwner(before));
      // From now on, Pulumi sends the stored inputs at the ignored paths.
      const keys = ignored.map((path) => path.split(/[.[]/)[0] ?? "");
      const stored = Object.fromEntries(keys.map((key) => [key, ours.inputs[key]]));
      expect(await ours.up({ ...program, ...stored, __ignoreChanges: ignored })).toBe("same");
      await ours.destroy();
    });
  }

  daemon.test("the error of an import has both values of a user key, unless it is secret", {}, async () => {
    const name = site.name();
    await resource("Profile", `${name}-theirs`).up({ name, config: { "user.a": "theirs", "user.b": "hidden" } });
    const ours = resource("Profile", name);
    const failures = await ours.failures({
      name,
      config: { "user.a": "ours", "user.b": "mine-and-secret", "environment.C": "c" },
      __import: `default/${name}`,
      __secrets: [["config", "user.b"]],
    });
    const text = failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n");
    expect(text).toContain('config["user.a"]: import: is "ours" in the program and "theirs" on the daemon');
    expect(text).toContain('config["user.b"]: import: is not the same');
    expect(text).toContain('config["environment.C"]: import: is not the same');
    expect(text).not.toMatch(/hidden|mine-and/);
    await site.change("DELETE", `/1.0/profiles/${name}`);
  });
});
