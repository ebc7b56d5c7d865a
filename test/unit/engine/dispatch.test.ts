// What Pulumi's dynamic-provider server gets to see: complete outputs, failures in its forms, partial creations.
import { beforeEach, describe, expect, it } from "vitest";
import { type Dispatch } from "../../../provider/engine/dispatch";
import { type ToyInputs, type ToyKind, type ToyOutputs } from "./toy";
import { broken, inputs, provider, state, urn } from "./toy-provider";

async function thrownBy(work: Promise<unknown>): Promise<Record<string, unknown> & Error> {
  return (await work.then(
    () => expect.fail("did not fail"),
    (thrown: unknown) => thrown,
  )) as Record<string, unknown> & Error;
}

describe("an object that two states name", () => {
  const replacing = { ...inputs, __urn: urn };

  async function removing(): Promise<{ toys: Dispatch<ToyInputs, ToyOutputs>; removed: string[] }> {
    const removed: string[] = [];
    const toys = await provider({ remove: (_context, id) => Promise.resolve(void removed.push(id)) });
    return { toys, removed };
  }

  it("stays when the replaced state is deleted that a create of this run has taken it over from", async () => {
    const { toys, removed } = await removing();
    await toys.create(replacing);
    await toys.delete("a", state);
    expect(removed).toEqual([]);
    await toys.delete("b", { ...state, __identity: "b" });
    expect(removed).toEqual(["b"]);
  });

  it("stays when the replaced state is deleted in a later run, which shows the live one first", async () => {
    const { toys, removed } = await removing();
    await toys.check(state, inputs);
    await toys.diff("a", state, inputs);
    await toys.delete("a", state);
    expect(removed).toEqual([]);
  });

  it("is deleted when its only state is replaced", async () => {
    const { toys, removed } = await removing();
    const news = { ...inputs, size: "5" };
    await toys.check(state, news);
    expect((await toys.diff("a", state, news)).replaces).toEqual(["size"]);
    await toys.delete("a", state);
    expect(removed).toEqual(["a"]);
  });

  it("is deleted when the engine replaces the resource for reasons of its own", async () => {
    const { toys, removed } = await removing();
    await toys.check(state, inputs);
    await toys.diff("a", state, inputs);
    await toys.check({}, inputs);
    await toys.delete("a", state);
    expect(removed).toEqual(["a"]);
  });

  it("is deleted after a refresh, whose diffs say nothing about which state is live", async () => {
    const { toys, removed } = await removing();
    await toys.diff("a", state, inputs);
    await toys.delete("a", state);
    expect(removed).toEqual(["a"]);
  });

  it("is told apart by its daemon", async () => {
    const { toys, removed } = await removing();
    await toys.create(inputs);
    await toys.delete("a", { ...state, remote: { socket: "/elsewhere" } });
    expect(removed).toEqual(["a"]);
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
    const error = await thrownBy(toys.read("a", state));
    // What Pulumi prints of it beside the error of the resource.
    expect(`${error}: ${error.stack}`).toBe("do it: failed; see the error of the resource");
  });
});

describe("update", () => {
  it("returns the whole state, with the new bookkeeping", async () => {
    const toys = await provider();
    const news = { ...inputs, size: "20", __provider: "newer text" };
    expect(await toys.update("a", state, news)).toEqual({ outs: { ...state, ...news } });
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
    const error = await thrownBy(toys.delete("a", state));
    // What Pulumi prints of it beside the error of the resource.
    expect(`${error}: ${error.stack}`).toBe("do it: failed; see the error of the resource");
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
