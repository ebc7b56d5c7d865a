// What the engine does with a kind that names its objects late, goes on with what is left, and has things elsewhere.
import { beforeEach, describe, expect, it } from "vitest";
import { Dispatch } from "../../../provider/engine/dispatch";
import { resetRunRegistry } from "../../../provider/engine/run-registry";
import { LxdError } from "../../../provider/base/errors";
import { type CommonInputs, type ReconciledKind } from "../../../provider/kind/kind";
import { toy } from "./toy";
import { inputs } from "./toy-provider";

interface Box extends CommonInputs {
  name: string;
  size: string;
  serial?: string;
}
type BoxKind = ReconciledKind<Box, Box, Box>;
type Props = Record<string, unknown>;

/** What is on the server, by serial numbers that only the server gives. */
let boxes: Map<string, Box>;
let removals: unknown[];
beforeEach(() => {
  boxes = new Map();
  removals = [];
  resetRunRegistry();
});

function put(box: Box): string {
  const serial = String(boxes.size + 1);
  boxes.set(serial, { ...box, serial });
  return serial;
}

async function provider(changes: Partial<BoxKind> = {}): Promise<Dispatch<Box, Box, Box>> {
  const { kindName, schema, validate: rules, computeInputs: complete, preflight } = toy();
  const kind = {
    ...{ kindName, schema, validate: rules, computeInputs: complete, preflight },
    policies: { name: "replace", size: "update", serial: "ignore", project: "replace" },
    deleteBeforeReplace: () => false,
    idOf: ({ name }, _urn, found) => `${name}/${found?.serial ?? "new"}`,
    locate: (_context, { name }, serial) =>
      Promise.resolve(
        [...boxes.values()].find((box) => (serial === undefined ? box.name === name : box.serial === serial)),
      ),
    identity: ({ serial = "" }) => serial,
    identityOfState: ({ serial }) => serial,
    conflict: () => undefined,
    create: (_context, box) => Promise.resolve(put(box)),
    steps: () => [],
    toState: (_context, { inputs: said, found }) => Promise.resolve({ ...said, ...found }),
    remove: ({ isReplaced, live }, { serial }) => {
      boxes.delete(serial ?? "");
      removals.push({ serial, isReplaced, live: live?.serial });
      return Promise.resolve();
    },
    fromId: () => ({ project: "default", name: "", size: "" }),
    ...changes,
  } satisfies BoxKind as BoxKind;
  const dispatch = new Dispatch(kind);
  await dispatch.configure({ config: { get: (key) => ({ "lxd:socket": "/nowhere" })[key] } });
  return dispatch;
}

const broken = (): LxdError => new LxdError({ code: "failed", why: "it broke" });

/** The state that a failed call leaves, if it leaves one. */
async function left(work: Promise<unknown>): Promise<{ id: string; properties: Props } | undefined> {
  const thrown = (await work.then(
    () => expect.fail("did not fail"),
    (error: unknown) => error,
  )) as { id: string; properties?: Props };
  return thrown.properties && { id: thrown.id, properties: thrown.properties };
}

describe("an object that only the server's answer names", () => {
  it("is found by the identity that create returns, beside another of its name", async () => {
    put({ ...inputs });
    const kind = await provider({ locate: (_context, _at, serial) => Promise.resolve(boxes.get(serial ?? "")) });
    const { id, outs } = await kind.create(inputs);
    expect(id).toBe("a/2");
    expect(outs).toMatchObject({ serial: "2", __identity: "2" });
  });
});

describe("what a failed create has left", () => {
  const failing = (_context: unknown, box: Box): Promise<string> => {
    put(box);
    return Promise.reject(broken());
  };

  it("is made again by the next update, also after a refresh", async () => {
    const unchanged = await left((await provider({ create: failing })).create(inputs));
    expect(unchanged?.properties["__incomplete"]).toBe(true);
    const { props } = await (await provider()).read(unchanged?.id ?? "", unchanged?.properties ?? {});
    const kind = await provider();
    expect(await kind.diff("a/1", props, inputs)).toMatchObject({ changes: true, replaces: [] });
    const { outs } = await kind.update("a/1", props, inputs);
    expect(removals).toMatchObject([{ serial: "1" }]);
    expect(outs["__incomplete"]).toBeUndefined();
  });

  it.each([
    ["the run was cancelled", new LxdError({ code: "cancelled", why: "the run was cancelled" })],
    [
      "its answer got lost",
      new LxdError({ code: "failed", why: "x", request: { method: "POST", path: "/", status: 500 } }),
    ],
  ])("is found although the server made it a moment after %s", async (_when, error) => {
    const kind = await provider({
      create: (_context, box): Promise<string> => {
        setTimeout(() => put(box), 100);
        return Promise.reject(error);
      },
    });
    const state = await left(kind.create(inputs));
    expect(state?.properties).toMatchObject({ serial: "1", __incomplete: true });
  });

  it("is gone on with, if the kind says so, also after a refresh", async () => {
    const resumed: Partial<BoxKind> = { leftover: () => "resumed" };
    const unchanged = await left((await provider({ create: failing, ...resumed })).create(inputs));
    const { props } = await (await provider(resumed)).read(unchanged?.id ?? "", unchanged?.properties ?? {});
    const kind = await provider(resumed);
    expect(await kind.diff("a/1", props, inputs)).toMatchObject({ changes: true });
    expect((await kind.update("a/1", props, inputs)).outs).toMatchObject({ serial: "1" });
    expect(removals).toEqual([]);
  });

  it("comes as Pulumi's dynamic-provider server recognises it", async () => {
    const kind = await provider({ create: failing });
    const thrown: unknown = await kind.create(inputs).catch((error: unknown) => error);
    const message = "create toy a/new: it broke [failed]";
    expect(thrown).toBeInstanceOf(Error);
    expect((thrown as Error).message).toBe(message);
    const properties = { ...inputs, serial: "1", __schema: 1, __identity: "1", __incomplete: true };
    expect(Object.fromEntries(Object.entries(thrown as Error))).toEqual({ id: "a/1", properties, reasons: [message] });
  });

  it("has no secrets in its reasons", async () => {
    const why = "the daemon does not like planted";
    const kind = await provider({
      create: (_context, box): Promise<string> => {
        put(box);
        return Promise.reject(new LxdError({ code: "failed", why }));
      },
    });
    const made = kind.create({ ...inputs, size: "planted", __secrets: [["size"]] });
    const thrown: unknown = await made.catch((error: unknown) => error);
    const shown = "create toy a/new: the daemon does not like [secret] [failed]";
    expect(thrown).toMatchObject({ id: "a/1", message: shown, reasons: [shown], properties: { size: "planted" } });
    expect(String((thrown as Error).stack)).not.toContain("planted");
  });

  it("is no state of its own, if the kind leaves it to that of the replaced object", async () => {
    const kind = await provider({ create: failing, leftover: () => "unrecorded" });
    expect(await left(kind.create(inputs))).toBeUndefined();
    expect(boxes.size).toBe(1);
  });

  it("is gone on with when a step has failed, also after a refresh", async () => {
    const steps: BoxKind["steps"] = () => [{ name: "fail", run: () => Promise.reject(broken()) }];
    const unchanged = await left((await provider({ steps, leftover: () => "resumed" })).create(inputs));
    expect(unchanged?.properties["__incomplete"]).toBe(true);
  });
});

describe("a removal", () => {
  it("is told that its resource is destroyed", async () => {
    const { id, outs } = await (await provider()).create(inputs);
    resetRunRegistry();
    await (await provider()).delete(id, outs);
    expect(removals).toEqual([{ serial: "1", isReplaced: false, live: undefined }]);
  });

  it.each(["this run", "an earlier run"])("is told what has replaced its object in %s", async (when) => {
    const kind = await provider({ locate: (_context, _at, serial) => Promise.resolve(boxes.get(serial ?? "")) });
    const old = await kind.create(inputs);
    await kind.check({}, inputs);
    const live = await kind.create(inputs);
    if (when === "an earlier run") {
      resetRunRegistry();
      await kind.check(inputs, inputs);
      await kind.diff(live.id, live.outs, inputs);
    }
    await kind.delete(old.id, old.outs);
    expect(removals).toEqual([{ serial: "1", isReplaced: true, live: "2" }]);
  });

  it("of two states of one object at once asks the server for one", async () => {
    const remove: BoxKind["remove"] = async (_context, { serial = "" }) => {
      removals.push(serial);
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (!boxes.delete(serial)) throw new LxdError({ code: "failed", why: "a matching operation has now succeeded" });
    };
    const kind = await provider({ remove });
    const { id, outs } = await kind.create(inputs);
    resetRunRegistry();
    await Promise.all([kind.delete(id, outs), kind.delete(id, outs)]);
    expect(removals).toEqual(["1"]);
  });

  it("of an object that is gone sees to what the resource has elsewhere", async () => {
    const rest: unknown[] = [];
    const removeRest: BoxKind["removeRest"] = ({ isReplaced }, { name }) =>
      Promise.resolve(void rest.push({ name, isReplaced }));
    const kind = await provider({ removeRest });
    const { id, outs } = await kind.create(inputs);
    boxes.clear();
    resetRunRegistry();
    await kind.delete(id, outs);
    expect(rest).toEqual([{ name: "a", isReplaced: false }]);
  });
});
