// What Pulumi's dynamic-provider server gets to see: complete outputs, failures instead of throws, partial creations.
import { beforeEach, describe, expect, it } from "vitest";
import { Dispatch } from "../../provider/dispatch";
import { LxdError } from "../../provider/errors";
import { type Completion, type CreateContext } from "../../provider/kind";
import { unknown } from "../../provider/unknowns";
import { toy, type ToyInputs, type ToyKind, type ToyOutputs } from "./toy";

type Bag = Record<string, unknown>;

const urn = "urn:pulumi:s::p::pulumi-nodejs:dynamic/lxd:Toy::a";
const bookkeeping = { __urn: urn, __provider: "text", __at: "/nowhere" };
const inputs = { name: "a", size: "10", project: "default", ...bookkeeping };
const state = { ...inputs, made: 1 };

async function provider(changes: Partial<ToyKind> = {}, config: Bag = { "lxd:socket": "/nowhere" }) {
  const dispatch = new Dispatch(toy(changes));
  await dispatch.configure({ config: { get: (key) => config[key] as string | undefined } });
  return dispatch;
}

async function thrownBy(work: Promise<unknown>): Promise<Bag & Error> {
  return (await work.then(
    () => expect.fail("did not fail"),
    (thrown: unknown) => thrown,
  )) as Bag & Error;
}

const broken = new LxdError({ code: "failed", doing: "do it", why: "it broke", advice: "Mend it." });

describe("what create has taken over instead of making it", () => {
  const takingOver = (changes: Partial<ToyKind>): Promise<Dispatch<ToyInputs, ToyOutputs>> =>
    provider({
      create: (_context, made) => Promise.resolve({ id: "a", outputs: { ...made, made: 1 }, isTakenOver: true }),
      ...changes,
    });

  it("is not deleted as its own predecessor, which `pulumi up --replace` asks for", async () => {
    const removed: string[] = [];
    const toys = await takingOver({ remove: (_context, id) => Promise.resolve(void removed.push(id)) });
    await toys.create(inputs);
    await toys.delete("a", state);
    expect(removed).toEqual([]);
    await toys.delete("b", state);
    await toys.delete("a", state);
    expect(removed).toEqual(["b", "a"]);
  });

  it("is told apart by its daemon", async () => {
    const removed: string[] = [];
    const toys = await takingOver({ remove: (_context, id) => Promise.resolve(void removed.push(id)) });
    await toys.create(inputs);
    await toys.delete("a", { ...state, remote: { socket: "/elsewhere" } });
    expect(removed).toEqual(["a"]);
  });
});

describe("check", () => {
  // The provider's text is added to what `check` and `read` return by Pulumi's server itself.
  it("fills in defaults, and keeps the bookkeeping", async () => {
    const toys = await provider({}, { "lxd:socket": "/nowhere", "lxd:project": "configured" });
    const given = { name: "a", size: "10", colour: undefined, ...bookkeeping };
    expect(await toys.check({}, given)).toEqual({
      inputs: { name: "a", size: "10", project: "configured", __urn: urn, __at: "/nowhere" },
      failures: [],
    });
  });

  it("tells all failures at once: of the schema, of several inputs together, of the program's side, of the daemon", async () => {
    const toys = await provider({
      rules: () => [{ property: "size", reason: "rule" }],
      complete: ({ draft }) => Promise.resolve({ draft, failures: [{ property: "name", reason: "file" }] }),
      preflight: () => Promise.resolve([{ property: "colour", reason: "daemon" }]),
    });
    const { failures } = await toys.check({}, { ...inputs, colour: 5, nam: "b" });
    expect(failures.map(({ property, reason }) => `${property}: ${reason}`)).toEqual([
      "colour: must be a string, but is 5",
      'nam: unknown property "nam"; did you mean "name"?',
      "size: rule",
      "name: file",
      "colour: daemon",
    ]);
  });

  it("returns the inputs as they came when any of them is wrong: outside of a preview the engine takes no unknowns", async () => {
    const toys = await provider({ complete: () => Promise.resolve({ draft: { name: unknown }, failures: [] }) });
    const wrong = { ...inputs, size: 5 };
    expect((await toys.check({}, wrong)).inputs).toEqual(wrong);
    expect((await toys.check({}, inputs)).inputs).toEqual({ name: unknown, __urn: urn, __at: "/nowhere" });
  });

  it("tells a failure of the daemon once, however many inputs meet it", async () => {
    const failure = { property: "a", reason: "same" };
    const toys = await provider({ preflight: () => Promise.resolve([failure, { ...failure, property: "b" }]) });
    expect((await toys.check({}, inputs)).failures).toEqual([failure]);
  });

  it("makes a failure of whatever is thrown, beside those found before", async () => {
    const toys = await provider({ preflight: () => Promise.reject(broken) });
    const { failures } = await toys.check({}, { ...inputs, size: 5 });
    expect(failures).toEqual([
      { property: "size", reason: "must be a string, but is 5" },
      { property: "", reason: "do it: it broke [failed]\nMend it." },
    ]);
  });

  it("keeps a computed input that Pulumi sends back, as it does for `ignoreChanges`", async () => {
    const seen: unknown[] = [];
    const kind = toy({
      complete: ({ draft, kept }) => {
        seen.push(kept);
        return Promise.resolve({ draft: { ...draft, weight: kept.weight ?? 5 }, failures: [] });
      },
    });
    const toys = new Dispatch({ ...kind, policies: { ...kind.policies, weight: "replace" } });
    const old = { ...inputs, weight: 3 };
    expect(await toys.check(old, { ...inputs, weight: 3 })).toMatchObject({ inputs: { weight: 3 }, failures: [] });
    // The check of a replacement: what was kept goes with the old object.
    expect(await toys.check({}, { ...inputs, weight: 3 })).toMatchObject({ inputs: { weight: 5 }, failures: [] });
    expect(await toys.check(old, { ...inputs, weight: 4 })).toMatchObject({
      failures: [
        {
          property: "weight",
          reason: 'unknown property "weight"; known are name, size, colour, note, project, remote',
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
    const seen: Completion<ToyInputs>[] = [];
    const toys = await provider({
      complete: (completion) => {
        seen.push(completion);
        return Promise.resolve({ draft: completion.draft, failures: [] });
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

describe("create", () => {
  it("returns the whole state, with the bookkeeping", async () => {
    const toys = await provider();
    expect(await toys.create({ ...inputs, colour: undefined })).toEqual({ id: "a", outs: state });
  });

  it("is told what it replaces", async () => {
    const replaced: unknown[] = [];
    const toys = await provider({
      create: (context, news) => {
        replaced.push(context.replaced);
        return Promise.resolve({ id: news.name, outputs: { ...news, made: 1 } });
      },
    });
    await toys.create(inputs);
    await toys.check(state, inputs);
    await toys.check({}, inputs);
    await toys.create(inputs);
    expect(replaced).toEqual([undefined, state]);
  });

  it("that fails before the daemon has anything throws the failure alone", async () => {
    const toys = await provider({ create: () => Promise.reject(broken) });
    const thrown = await thrownBy(toys.create(inputs));
    expect(thrown).not.toHaveProperty("id");
    expect(thrown.message).toBe("do it: it broke [failed]\nMend it.");
  });

  it("that fails afterwards leaves a partially created resource that can be read and deleted", async () => {
    const toys = await provider({
      create: ({ created }: CreateContext<ToyOutputs>, news: ToyInputs) => {
        created("a", { ...news, made: 1 });
        return Promise.reject(broken);
      },
    });
    const thrown = await thrownBy(toys.create(inputs));
    expect(thrown).toBeInstanceOf(Error);
    expect(Object.fromEntries(Object.entries(thrown))).toEqual({
      id: "a",
      properties: state,
      reasons: ["do it: it broke [failed]\nMend it."],
    });
    expect(thrown.message).toBe("do it: it broke [failed]\nMend it.");
  });
});

describe("read", () => {
  it("returns the whole state, and the inputs that it comes from", async () => {
    const toys = await provider({ read: (_context, _id, old) => Promise.resolve({ ...old, size: "20" }) });
    expect(await toys.read("a", { ...state, colour: "red" })).toEqual({
      id: "a",
      props: { ...state, size: "20", colour: "red" },
      inputs: { name: "a", size: "20", project: "default", colour: "red", __urn: urn, __at: "/nowhere" },
    });
  });

  it("of what is gone has no ID", async () => {
    const toys = await provider({ read: () => Promise.resolve(undefined) });
    expect(await toys.read("a", state)).toEqual({ id: "", props: {} });
  });

  it("that fails has no stack, which Pulumi would print", async () => {
    const toys = await provider({ read: () => Promise.reject(broken) });
    expect((await thrownBy(toys.read("a", state))).stack).toBe("");
  });
});

describe("update", () => {
  it("returns the whole state, with the new bookkeeping", async () => {
    const toys = await provider();
    const news = { ...inputs, size: "20", __provider: "newer text" };
    expect(await toys.update("a", state, news)).toEqual({ outs: { ...news, made: 1 } });
  });

  it("that fails throws the failure", async () => {
    const toys = await provider({ update: () => Promise.reject(broken) });
    expect((await thrownBy(toys.update("a", state, inputs))).message).toContain("it broke");
  });
});

describe("delete", () => {
  it("is told what the state says", async () => {
    const seen: unknown[] = [];
    const toys = await provider({
      remove: (context, id, old) => {
        seen.push([context.urn, id, old]);
        return Promise.resolve();
      },
    });
    await toys.delete("a", state);
    expect(seen).toEqual([[urn, "a", state]]);
  });

  it("that fails has no stack, which Pulumi would print", async () => {
    const toys = await provider({ remove: () => Promise.reject(broken) });
    expect((await thrownBy(toys.delete("a", state))).stack).toBe("");
  });
});

describe("a daemon that is not found", () => {
  const env = { ...process.env };
  beforeEach(() => {
    process.env = { ...env, INCUS_SOCKET: "/from/env.socket" };
    return () => void (process.env = env);
  });

  it("is looked for at the resource, in the config and in the environment", async () => {
    const sockets: string[] = [];
    const looking: Partial<ToyKind> = {
      remove: ({ client }) => Promise.resolve(void sockets.push(client.transport.place)),
    };
    await (await provider(looking)).delete("a", { ...state, remote: { socket: "/own.socket" } });
    await (await provider(looking)).delete("a", state);
    await (await provider(looking, {})).delete("a", state);
    expect(sockets).toEqual(["/own.socket", "/nowhere", "/from/env.socket"]);
  });
});
