// Unit tests of programs with Pulumi's mocks, for every class: with a mock that returns the inputs, and one that returns
// nothing.
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import * as lxd from "../../../sdk";

const rootDisk = { pool: "default" };
const source = { files: { "a.txt": "a" }, label: "A" };
const create: Record<string, (opts?: pulumi.CustomResourceOptions) => pulumi.Resource> = {
  Exec: (opts) => new lxd.Exec("it", { instance: "web", command: ["true"] }, opts),
  GoldenImage: (opts) => new lxd.GoldenImage("it", { iso: volume(), machine: { rootDisk } }, opts),
  Image: (opts) => new lxd.Image("it", { source: { file: "image.tar.gz" } }, opts),
  Instance: (opts) => new lxd.Instance("it", { source: { alias: "debian" }, rootDisk }, opts),
  InstanceSnapshot: (opts) => new lxd.InstanceSnapshot("it", { instance: "web" }, opts),
  IsoVolume: (opts) => new lxd.IsoVolume("it", { pool: "default", source }, opts),
  Network: (opts) => new lxd.Network("it", { ipv4: { address: "none" } }, opts),
  Profile: (opts) => new lxd.Profile("it", { rootDisk }, opts),
  Project: (opts) => new lxd.Project("it", { restricted: true }, opts),
  StoragePool: (opts) => new lxd.StoragePool("it", { driver: "dir" }, opts),
  StorageVolume: (opts) => new lxd.StorageVolume("it", { pool: "default" }, opts),
};
const read: Record<string, () => pulumi.CustomResource> = {
  Image: () => lxd.Image.get("it", "default/debian"),
  Instance: () => lxd.Instance.get("it", "default/web"),
  InstanceSnapshot: () => lxd.InstanceSnapshot.get("it", "default/web/clean"),
  IsoVolume: () => lxd.IsoVolume.get("it", "default/default/installer.iso"),
  Network: () => lxd.Network.get("it", "default/lan"),
  Profile: () => lxd.Profile.get("it", "default/web"),
  Project: () => lxd.Project.get("it", "shop"),
  StoragePool: () => lxd.StoragePool.get("it", "default"),
  StorageVolume: () => lxd.StorageVolume.get("it", "default/default/data"),
};
const volume = (): lxd.IsoVolume => new lxd.IsoVolume("medium", { pool: "default", source });

type State = Record<string, unknown>;

/** The inputs of each resource that the program has registered, by its name. */
async function run(
  program: () => unknown,
  answer: (inputs: State, name: string) => State,
): Promise<Map<string, State>> {
  const registered = new Map<string, State>();
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, id, inputs }) => {
        registered.set(name, inputs as State);
        return { id: id ?? `id-of-${name}`, state: answer(inputs as State, name) };
      },
      call: () => ({}),
    },
    "project",
    "stack",
  );
  await pulumi.runtime.runInPulumiStack(() => {
    program();
    return Promise.resolve(undefined);
  });
  await pulumi.runtime.disconnect();
  return registered;
}

const known = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));
const classes = Object.entries(lxd).filter(([, value]) => "__pulumiType" in value);

it("is asserted of every class", () => {
  expect(Object.keys(create)).toEqual(classes.map(([name]) => name).sort());
  const readable = classes.filter(([, value]) => "get" in value);
  expect(Object.keys(read)).toEqual(readable.map(([name]) => name).sort());
});

/** An argument of each class that the program has written. */
const written: Record<string, string> = {
  Exec: "command",
  GoldenImage: "machine",
  Image: "source",
  Instance: "source",
  InstanceSnapshot: "instance",
  IsoVolume: "source",
  Network: "ipv4",
  Profile: "rootDisk",
  Project: "restricted",
  StoragePool: "driver",
  StorageVolume: "pool",
};

describe.each(Object.keys(create))("%s", (name) => {
  it.each([
    ["the inputs", (inputs: State): State => inputs],
    ["nothing", (): State => ({})],
  ])("is created and has its arguments as outputs, if the mock returns %s", async (_, answer) => {
    let made: pulumi.Resource | undefined;
    const registered = await run(() => (made = create[name]?.()), answer);
    expect(await known((made as pulumi.Resource).urn)).toContain("::it");
    expect([...registered.keys()]).toContain("it");
    const outputs = made as unknown as Record<string, pulumi.Output<unknown>>;
    expect(await known(outputs[written[name] ?? ""] as pulumi.Output<unknown>)).toBeDefined();
  });
});

describe.each(Object.keys(read))("%s.get", (name) => {
  it("has what the mock returns", async () => {
    let found: pulumi.CustomResource | undefined;
    await run(
      () => (found = read[name]?.()),
      () => ({ description: "mine", status: "fine", type: "container", instance: "web", project: "default" }),
    );
    const resource = found as pulumi.CustomResource & {
      description?: pulumi.Output<string>;
      instance?: pulumi.Output<string>;
    };
    expect(await known(resource.id)).not.toMatch(/^id-of/);
  });
});

class Bundle extends pulumi.ComponentResource {
  constructor(opts: pulumi.ComponentResourceOptions, fill: (own: { parent: Bundle }) => void) {
    super("test:index:Bundle", "bundle", {}, opts);
    fill({ parent: this });
  }
}

describe("resource options", () => {
  it("give all resources in a component its server, but those that specify another one", async () => {
    const build = new lxd.Remote("build", { address: "https://build.example.org:8443", bearerToken: "let me in" });
    const registered = await run(
      () =>
        new Bundle({ transformations: [build.transformation] }, (own) => {
          new lxd.Project("shop", {}, own);
          new lxd.Project("elsewhere", { remote: "other" }, own);
          new lxd.GoldenImage("golden", { iso: "installer.iso" }, own);
          new lxd.Project("outside");
        }),
      (inputs) => inputs,
    );
    const remoteOf = (name: string): unknown => registered.get(name)?.["remote"];
    // A secret, as the token is one.
    const secret = { value: { address: "https://build.example.org:8443", bearerToken: "let me in" } };
    expect(remoteOf("shop")).toMatchObject(secret);
    expect(remoteOf("golden")).toMatchObject(secret);
    expect(remoteOf("elsewhere")).toEqual({ name: "other" });
    expect(remoteOf("outside")).toBeUndefined();
    expect(JSON.stringify(registered.get("bundle"))).not.toContain("let me in");
  });

  it("pass `customTimeouts` to the provider, also those of a golden image to its build", async () => {
    const customTimeouts = { create: "2h", delete: "5m" };
    const registered = await run(
      () => {
        new lxd.Project("shop", {}, { customTimeouts });
        new lxd.GoldenImage("golden", { iso: "installer.iso" }, { customTimeouts });
      },
      (inputs) => inputs,
    );
    expect(registered.get("shop")).toMatchObject({ __timeouts: customTimeouts });
    expect(registered.get("golden")).toMatchObject({ __timeouts: customTimeouts });
  });
});
