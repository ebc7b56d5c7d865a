// Resources of the package under component resources, with Pulumi's mocks in place of an engine.
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, it } from "vitest";
import * as lxd from "../../../sdk";

/** Inputs of what was registered, by type and name. */
let registered: Map<string, Record<string, unknown>>;

const mocks: pulumi.runtime.Mocks = {
  newResource({ type, name, inputs }) {
    registered.set(`${type}::${name}`, inputs as Record<string, unknown>);
    const known = { name, fingerprint: "f".repeat(64), digest: `sha256:${name}`, hex: "00000000" };
    return { id: `id-of-${name}`, state: { ...known, ...(inputs as object) } };
  },
  call: () => ({}),
};

beforeEach(async () => {
  registered = new Map();
  await pulumi.runtime.setMocks(mocks, "project", "stack");
});

class Bundle extends pulumi.ComponentResource {
  constructor(name: string, fill: (own: { parent: Bundle }) => unknown, opts?: pulumi.ComponentResourceOptions) {
    super("test:index:Bundle", name, {}, opts);
    fill({ parent: this });
    this.registerOutputs();
  }
}

const source = { files: { "a.txt": "a" }, label: "A" };
const volume = (name: string, opts?: pulumi.CustomResourceOptions): lxd.IsoVolume =>
  new lxd.IsoVolume(name, { pool: "default", source }, opts);
const machine = (name: string, opts?: pulumi.CustomResourceOptions): lxd.Instance =>
  new lxd.Instance(name, { rootDisk: { pool: "default" } }, opts);

/** One of five kinds, which use each other. */
function five(own: { parent: pulumi.Resource }): void {
  const iso = volume("iso", own);
  const machineArgs = { rootDisk: { pool: "default" } };
  const golden = new lxd.GoldenImage("golden", { iso, machine: machineArgs }, own);
  const instance = new lxd.Instance("vm", { source: { image: golden.fingerprint }, cdroms: [{ volume: iso }] }, own);
  new lxd.InstanceSnapshot("clean", { instance }, own);
  new lxd.Exec("run", { instance, command: ["true"] }, own);
}

const bundle = "test:index:Bundle";
const urn = (types: string, name: string): string => `urn:pulumi:stack::project::${types}::${name}`;
const of = (kind: string): string => `pulumi-nodejs:dynamic/lxd:${kind}`;

interface Case {
  title: string;
  /** What it returns is waited for, too. */
  program: () => unknown;
  urns: string[];
}

const cases: Case[] = [
  {
    title: "two of one kind",
    program: () => new Bundle("b", (own) => [volume("one", own), volume("two", own)]),
    urns: ["one", "two"].map((name) => urn(`${bundle}$${of("IsoVolume")}`, name)),
  },
  {
    title: "five kinds that use each other",
    program: () => new Bundle("b", five),
    urns: [
      urn(`${bundle}$${of("IsoVolume")}`, "iso"),
      urn(`${bundle}$lxd:index:GoldenImage$${of("GoldenBuild")}`, "golden"),
      urn(`${bundle}$${of("Instance")}`, "vm"),
      urn(`${bundle}$${of("InstanceSnapshot")}`, "clean"),
      urn(`${bundle}$${of("Exec")}`, "run"),
    ],
  },
  {
    title: "nested components",
    program: () =>
      new Bundle("outer", (own) => {
        volume("outside", own);
        new Bundle("inner", (inner) => [volume("one", inner), machine("two", inner)], own);
      }),
    urns: [
      urn(`${bundle}$${of("IsoVolume")}`, "outside"),
      urn(`${bundle}$${bundle}$${of("IsoVolume")}`, "one"),
      urn(`${bundle}$${bundle}$${of("Instance")}`, "two"),
    ],
  },
  {
    title: "a component that is made by `apply`",
    program: () =>
      volume("first").name.apply(
        (name) => new Bundle(`of-${name}`, (own) => [volume("one", own), volume("two", own)]).urn,
      ),
    urns: [urn(of("IsoVolume"), "first"), ...["one", "two"].map((name) => urn(`${bundle}$${of("IsoVolume")}`, name))],
  },
  {
    title: "`dependsOn` a component",
    program: () => {
      const first = new Bundle("first", (own) => [volume("one", own), volume("two", own)]);
      new Bundle("second", (own) => [volume("three", own), machine("four", own)], { dependsOn: first });
      machine("five", { dependsOn: [first] });
    },
    urns: [
      ...["one", "two", "three"].map((name) => urn(`${bundle}$${of("IsoVolume")}`, name)),
      urn(`${bundle}$${of("Instance")}`, "four"),
      urn(of("Instance"), "five"),
    ],
  },
  {
    title: "a resource of the package as the parent",
    program: () => {
      const parent = machine("vm");
      volume("one", { parent });
      volume("two", { parent });
    },
    urns: [
      urn(of("Instance"), "vm"),
      ...["one", "two"].map((name) => urn(`${of("Instance")}$${of("IsoVolume")}`, name)),
    ],
  },
  {
    title: "inputs that come from outputs of siblings, the remote and secrets among them",
    program: () =>
      new Bundle("b", (own) => {
        const first = volume("one", own);
        const remote = first.name.apply((name) => `of-${name}`);
        const config = { "user.a": pulumi.secret(first.digest) };
        new lxd.Instance("two", { remote, config }, { ...own, dependsOn: [first] });
        new lxd.Instance("three", { remote, config }, own);
      }),
    urns: [
      urn(`${bundle}$${of("IsoVolume")}`, "one"),
      ...["two", "three"].map((name) => urn(`${bundle}$${of("Instance")}`, name)),
    ],
  },
];

describe("a component", () => {
  it.each(cases)("with $title registers each with its own URN", { timeout: 10_000 }, async ({ program, urns }) => {
    await valueOf(program());
    await pulumi.runtime.disconnect();
    const sent = [...registered.values()].flatMap(({ __urn: own }) => (own === undefined ? [] : [own]));
    expect(sent.sort()).toEqual(urns.sort());
  });
});

function valueOf(result: unknown): Promise<unknown> {
  return new Promise((resolve) => (pulumi.output(result) as pulumi.Output<unknown>).apply(resolve));
}
