// What the methods of every kind say when something goes wrong, with secrets among their inputs.
import { describe, expect, it } from "vitest";
import { LxdError } from "../../../provider/base/errors";
import { type ToyKind } from "./toy";
import { inputs as plain, provider as providerOf } from "./toy-provider";

const inputs = { ...plain, colour: "planted-colour", __secrets: [["colour"]] };
const broken = new LxdError({ code: "failed", why: "the daemon does not like planted-colour" });
const fails = (): Promise<never> => Promise.reject(broken);
const shown = "the daemon does not like [secret] [failed]";

const provider = (changes: Partial<ToyKind> = {}): ReturnType<typeof providerOf> =>
  providerOf(changes, { "lxd:socket": "/nowhere", "lxd:bearerToken": "planted-token" });

describe("secrets", () => {
  it("are in no failure of a check", async () => {
    const ugly = ({ colour }: { colour?: string | undefined }): string => `${colour ?? ""} is ugly`;
    const told = await provider({
      validate: (partial) => ["colour", "size"].map((property) => ({ property, reason: ugly(partial) })),
    });
    // The engine would print the value of a failure's property.
    expect((await told.check({}, inputs)).failures).toEqual([
      { property: "", reason: "colour: [secret] is ugly" },
      { property: "", reason: "size: [secret] is ugly" },
    ]);
    const thrown = await provider({ computeInputs: fails });
    expect((await thrown.check({}, inputs)).failures).toEqual([{ property: "", reason: shown }]);
  });

  it("are in no value that the engine prints of a remote", async () => {
    const told = await provider({ validate: () => [{ property: "remote", reason: "wrong" }] });
    const failureOf = async (remote: object): Promise<unknown> =>
      (await told.check({}, { ...plain, remote })).failures[0];
    const socket = "/nowhere";
    expect(await failureOf({ socket, bearerToken: "planted" })).toEqual({ property: "", reason: "remote: wrong" });
    expect(await failureOf({ socket })).toEqual({ property: "", reason: "remote: wrong" });
  });

  it("are in no error of create, update, read and delete, nor are those of before", async () => {
    const toys = await provider({ create: fails, update: fails, read: fails, remove: fails });
    await expect(toys.create(inputs)).rejects.toThrow(shown);
    await expect(toys.update("a", inputs, { ...inputs, colour: "other" })).rejects.toThrow(shown);
    await expect(toys.read("a", inputs)).rejects.toThrow(shown);
    await expect(toys.delete("a", inputs)).rejects.toThrow(shown);
  });

  it("of the stack's config are in none either", async () => {
    const why = "401: planted-token is no token";
    const toys = await provider({ remove: () => Promise.reject(new Error(why)) });
    await expect(toys.delete("a", inputs)).rejects.toThrow("401: [secret] is no token");
  });

  it("are known where they are to whoever has only the state", async () => {
    const toys = await provider();
    const { outs } = await toys.create(inputs);
    const { props, inputs: read } = await toys.read("a", outs);
    expect([outs, props, read].map((each) => each?.["__secrets"])).toEqual([[["colour"]], [["colour"]], [["colour"]]]);
  });

  it("that were none before are an update, which encrypts them in the state", async () => {
    const toys = await provider();
    const { __secrets: _, ...state } = { ...inputs, made: 1 };
    expect(await toys.diff("a", state, inputs)).toMatchObject({ changes: true, replaces: [] });
    expect(await toys.diff("a", { ...inputs, made: 1 }, inputs)).toMatchObject({ changes: false });
    const [one, other] = [
      [["colour"], ["size"]],
      [["size"], ["colour"]],
    ].map((__secrets) => ({ ...inputs, __secrets }));
    expect(await toys.diff("a", { ...one, made: 1 }, other ?? {})).toMatchObject({ changes: false });
    // What is never a change by itself is none for this either.
    const noted = { ...inputs, __secrets: [["colour"], ["note"]] };
    expect(await toys.diff("a", { ...inputs, made: 1 }, noted)).toMatchObject({ changes: false });
  });
});
