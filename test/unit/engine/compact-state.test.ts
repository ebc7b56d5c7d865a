// What Pulumi stores of a resource of a dynamic provider, and that the provider gets all of it again.
import { beforeEach, expect, it } from "vitest";
import { CompactState } from "../../../provider/engine/pulumi/compact-state";
import { type DynamicProvider, partial } from "../../../provider/engine/pulumi/dynamic-provider";
import { type Props } from "../../../provider/kind/props";
import { toy } from "./toy";

const type = "pulumi-nodejs:dynamic/lxd:Toy";
const urn = `urn:pulumi:test::e2e::my:component:A$${type}::a::b`;
const server = "0123456789abcdef".repeat(4);
const kind = toy({
  omittedDefaults: ["size"],
  applyDefaults: (inputs) => ({ ...inputs, size: inputs.size ?? "10" }),
  identityOfState: ({ name }) => `identity of ${name}`,
});
const inputs = { __urn: urn, __at: "/socket", __server: server, name: "a" };
const state = { ...inputs, size: "10", made: 1, __schema: 1, __identity: "identity of a" };

/** What each method of the provider was called with. */
let received: Record<string, unknown[]>;
let served: CompactState<never, never, never>;
let fails: boolean;

beforeEach(() => {
  received = {};
  fails = false;
  const note = (method: string, ...args: unknown[]): void => void (received[method] = args);
  const provider: DynamicProvider = {
    configure: () => Promise.resolve(),
    check: (...args) => (note("check", ...args), Promise.resolve({ inputs, failures: [] })),
    diff: (...args) => (note("diff", ...args), Promise.reject(new Error("unused"))),
    create: (...args) => {
      note("create", ...args);
      return fails ? Promise.reject(partial(new Error("x"), { id: "a", outs: state })) : done();
    },
    read: (...args) => (note("read", ...args), Promise.resolve({ id: "a", props: state, inputs })),
    update: (...args) => (note("update", ...args), done()),
    delete: (...args) => (note("delete", ...args), Promise.resolve()),
  };
  const done = (): Promise<{ id: string; outs: Props }> => Promise.resolve({ id: "a", outs: state });
  served = new CompactState("Toy", kind as never, provider);
});

const stored = { __urn: "test::e2e::my:component:A$::a::b", __at: "/socket", __server: server, name: "a" };
const storedInputs = { ...stored, __server: "0123456789abcdef" };
const storedState = { ...stored, made: 1, __schema: 1 };

it("stores neither what the class says nor defaults nor an identity that the state implies", async () => {
  expect((await served.check({}, inputs)).inputs).toEqual(storedInputs);
  expect((await served.create(storedInputs)).outs).toEqual(storedState);
  expect((await served.update("a", storedState, storedInputs)).outs).toEqual(storedState);
  expect(await served.read("a", storedState)).toEqual({ id: "a", props: storedState, inputs: storedInputs });
  fails = true;
  await expect(served.create(storedInputs)).rejects.toMatchObject({ id: "a", properties: storedState });
});

it("gives the provider all of it", async () => {
  await served.check(storedInputs, inputs);
  expect(received["check"]).toEqual([{ ...inputs, __server: "0123456789abcdef" }, inputs]);
  await served.diff("a", storedState, storedInputs).catch(() => undefined);
  expect(received["diff"]).toEqual(["a", state, { ...inputs, __server: "0123456789abcdef" }]);
  await served.create(storedInputs);
  expect(received["create"]).toEqual([{ __urn: urn, __at: "/socket", name: "a" }]);
  await served.update("a", storedState, storedInputs);
  expect(received["update"]).toEqual(["a", state, inputs]);
  await served.read("a", storedState);
  await served.delete("a", storedState);
  expect([received["read"], received["delete"]]).toEqual([
    ["a", state],
    ["a", state],
  ]);
});

it("passes on states that earlier commits have stored, and those that only name an object", async () => {
  await served.delete("a", state);
  expect(received["delete"]).toEqual(["a", state]);
  const { __identity, __schema, ...first } = state;
  await served.read("a", first);
  expect(received["read"]).toEqual(["a", first]);
});

it("stores what is not a default, another identity, and the URN of another class", async () => {
  const other = { ...state, size: "20", __identity: "other", __urn: urn.replace("Toy", "Other") };
  const provider = { create: () => Promise.resolve({ id: "a", outs: other }) } as unknown as DynamicProvider;
  expect((await new CompactState("Toy", kind as never, provider).create({})).outs).toEqual(other);
});
