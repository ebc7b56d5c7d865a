// The check of every kind: all failures at once, defaults filled in, bookkeeping kept, nobody asked without need.
import { describe, expect, it } from "vitest";
import { type CheckContext } from "../../../provider/kind/kind";
import { unknown } from "../../../provider/kind/unknowns";
import { toy, type ToyInputs } from "./toy";
import { broken, inputs, internal, provider, state, urn } from "./toy-provider";

describe("check", () => {
  // The provider's text is added to what `check` and `read` return by Pulumi's server itself.
  it("fills in defaults, and keeps the bookkeeping", async () => {
    const toys = await provider({}, { "lxd:socket": "/nowhere", "lxd:project": "configured" });
    const given = { name: "a", size: "10", colour: undefined, ...internal };
    expect(await toys.check({}, given)).toEqual({
      inputs: { name: "a", size: "10", project: "configured", __urn: urn, __at: "/nowhere" },
      failures: [],
    });
  });

  it("tells all failures at once: of the schema, of several inputs together, of the program's side, of the daemon", async () => {
    const toys = await provider({
      validate: () => [{ property: "size", reason: "rule" }],
      computeInputs: ({ inputs: partial }) =>
        Promise.resolve({ inputs: partial, failures: [{ property: "name", reason: "file" }] }),
      preflight: () => Promise.resolve([{ property: "colour", reason: "daemon" }]),
    });
    const { failures } = await toys.check({}, { ...inputs, colour: 5, nam: "b" });
    expect(failures.map(({ property, reason }) => `${property}${reason}`)).toEqual([
      "colour: must be a string, but is 5",
      'nam: unknown property "nam"; did you mean "name"?',
      "size: rule",
      "name: file",
      "colour: daemon",
    ]);
  });

  it.each([
    ["siz", /"siz" is not the path of an input; did you mean "size" for "siz"\?/],
    ["remote.adress", /"remote.adress" is not the path of an input; did you mean "address" for "adress"\?/],
    ["size", undefined],
    ["weight", undefined],
    ["*", undefined],
    ["remote.address", undefined],
    // Another provider's.
    ["loadBalancerSpecification", undefined],
  ])("with replaceOnChanges: [%j]", async (path, reason) => {
    const { failures } = await (await provider({})).check({}, { ...inputs, __replaceOnChanges: [path] });
    expect(failures.map((failure) => failure.reason)).toEqual(
      reason === undefined ? [] : [expect.stringMatching(reason)],
    );
  });

  it("returns the inputs as they came when any of them is wrong: outside of a preview the engine takes no unknowns", async () => {
    const toys = await provider({ computeInputs: () => Promise.resolve({ inputs: { name: unknown }, failures: [] }) });
    const wrong = { ...inputs, size: 5 };
    expect((await toys.check({}, wrong)).inputs).toEqual(wrong);
    expect((await toys.check({}, inputs)).inputs).toEqual({ name: unknown, __urn: urn, __at: "/nowhere" });
  });

  it("tells a failure of the daemon once, however many inputs meet it", async () => {
    const failure = { property: "a", reason: "same" };
    const toys = await provider({ preflight: () => Promise.resolve([failure, { ...failure, property: "b" }]) });
    expect((await toys.check({}, inputs)).failures).toEqual([{ property: "", reason: "a: same" }]);
  });

  it("makes a failure of whatever is thrown, beside those found before", async () => {
    const toys = await provider({ preflight: () => Promise.reject(broken) });
    const { failures } = await toys.check({}, { ...inputs, size: 5 });
    expect(failures).toEqual([
      { property: "", reason: "size: must be a string, but is 5" },
      { property: "", reason: "do it: it broke [failed]\nMend it." },
    ]);
  });

  it("keeps a computed input that Pulumi sends back, as it does for `ignoreChanges`", async () => {
    const seen: unknown[] = [];
    const toys = await provider({
      computeInputs: ({ inputs: partial, unchanged }) => {
        seen.push(unchanged);
        return Promise.resolve({ inputs: { ...partial, weight: unchanged.weight ?? 5 }, failures: [] });
      },
      policies: { ...toy({}).policies, weight: "replace" },
    });
    const old = { ...inputs, weight: 3 };
    expect(await toys.check(old, { ...inputs, weight: 3 })).toMatchObject({ inputs: { weight: 3 }, failures: [] });
    // The check of a replacement: what was kept goes with the old object.
    expect(await toys.check({}, { ...inputs, weight: 3 })).toMatchObject({ inputs: { weight: 5 }, failures: [] });
    expect(await toys.check(old, { ...inputs, weight: 4 })).toMatchObject({
      failures: [
        {
          property: "",
          reason: 'weight: unknown property "weight"; known properties are name, size, colour, note, project, remote',
        },
      ],
    });
    expect(seen.slice(0, 2)).toEqual([{ weight: 3 }, {}]);
  });

  it("makes a failure of a daemon that is nowhere", async () => {
    const toys = await provider();
    const { failures } = await toys.check({}, { ...inputs, remote: { socket: "/no/such.socket" } });
    expect(failures).toEqual([]);
    const asking = await provider({ preflight: async (client) => (await client.info(), []) });
    const remote = { socket: "/no/such.socket" };
    expect((await asking.check({}, { ...inputs, remote })).failures[0]?.reason).toContain(
      "no daemon's socket at /no/such.socket [unavailable]",
    );
  });

  it.each([
    [
      { "lxd:socket": "/nowhere", "lxd:adress": "https://prod:8443", "other:adress": "x" },
      "the stack's config has lxd:adress, which is not a setting; did you mean lxd:address? `pulumi config rm lxd:adress` removes it",
    ],
    [
      { "lxd:socket": "/nowhere", "lxd:address": "https://prod:8443" },
      "the stack's config names the server more than once: lxd:socket and lxd:address; keep one of them",
    ],
  ])("refuses a stack's config that could choose another server silently: %j", async (config, reason) => {
    const toys = await provider({}, config);
    expect((await toys.check({}, inputs)).failures).toEqual([{ property: "", reason }]);
    expect((await toys.check(state, inputs)).failures).toEqual([{ property: "", reason }]);
  });

  it("asks the daemon only about what is to be made", async () => {
    const toys = await provider({ preflight: () => Promise.reject(broken) });
    expect((await toys.check(state, inputs)).failures).toEqual([]);
  });

  it("asks nobody when it is not known yet which daemon", async () => {
    const toys = await provider({ preflight: () => Promise.reject(broken) });
    expect((await toys.check({}, { ...inputs, remote: { socket: unknown } })).failures).toEqual([]);
    expect((await toys.check({}, { ...inputs, remote: unknown })).failures).toEqual([]);
  });

  it("knows what is replaced: the check without olds that follows one with olds", async () => {
    const seen: CheckContext<ToyInputs>[] = [];
    const toys = await provider({
      computeInputs: (check) => {
        seen.push(check);
        return Promise.resolve({ inputs: check.inputs, failures: [] });
      },
    });
    await toys.check(state, inputs);
    await toys.check({}, inputs);
    await toys.check({}, { ...inputs, __urn: `${urn}2` });
    expect(seen.map(({ olds, replaced }) => [olds !== undefined, replaced !== undefined])).toEqual([
      [true, false],
      [false, true],
      [false, false],
    ]);
    expect(seen[1]?.replaced).toEqual(state);
    expect(seen.map((each) => each.urn)).toEqual([urn, urn, `${urn}2`]);
  });
});
