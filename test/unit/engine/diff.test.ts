// What a change costs: by each input's policy, compared in the form in which they mean the same.
import { describe, expect, it } from "vitest";
import { difference } from "../../../provider/engine/diff";
import { unknown } from "../../../provider/kind/unknowns";
import { toy, type ToyInputs, type ToyKind, type ToyOutputs } from "./toy";

const inputs: ToyInputs = { name: "a", size: "10", project: "default" };
const state: ToyOutputs = { ...inputs, made: 1 };
const none = { changes: false, replaces: [], deleteBeforeReplace: false };

function diff(news: Partial<ToyInputs>, olds: Partial<ToyOutputs> = {}, kind: ToyKind = toy()): unknown {
  return difference(kind, { ...state, ...olds }, { ...inputs, ...news });
}

describe("the difference", () => {
  it("of equal inputs is none, whatever else the state holds", () => expect(diff({}, { made: 7 })).toEqual(none));

  it("does not count a field that is undefined as one that is there", () => {
    expect(diff({ colour: undefined, remote: { socket: undefined } }, { remote: {} })).toEqual(none);
  });

  it("is an update, a replacement or nothing, as the policy says", () => {
    expect(diff({ colour: "red" })).toEqual({ ...none, changes: true });
    expect(diff({ project: "p" })).toEqual({ changes: true, replaces: ["project"], deleteBeforeReplace: true });
    expect(diff({ note: "new" })).toEqual(none);
    // The state must know the way to the server.
    expect(diff({ remote: { socket: "/s" } })).toEqual({ ...none, changes: true });
  });

  it("writes the new owner on what can carry one, after `aliases` gave the resource another URN", () => {
    const renamed = { ...inputs, __urn: "urn:new" } as ToyInputs;
    const before = { ...state, __urn: "urn:old" } as ToyOutputs;
    expect(difference(toy(), before, renamed)).toEqual(none);
    const owning = { ...toy(), owner: () => "urn:old" };
    expect(difference(owning, before, renamed)).toEqual({ ...none, changes: true });
  });

  it("may depend on what changes to what", () => {
    expect(diff({ size: "20" })).toEqual({ ...none, changes: true });
    expect(diff({ size: "5" })).toMatchObject({ replaces: ["size"] });
  });

  it("replaces what the program says is to be replaced on changes, which Pulumi leaves to dynamic providers", () => {
    const forced = (paths: string[], news: Partial<ToyInputs>): unknown =>
      difference(toy(), state, { ...inputs, ...news, __replaceOnChanges: paths } as ToyInputs);
    expect(forced(["colour"], { colour: "red" })).toMatchObject({ changes: true, replaces: ["colour"] });
    expect(forced(["*"], { colour: "red" })).toMatchObject({ changes: true, replaces: ["colour"] });
    expect(forced(["note"], { note: "new" })).toMatchObject({ changes: true, replaces: ["note"] });
    expect(forced(["remote.socket"], { remote: { socket: "/s" } })).toMatchObject({ replaces: ["remote"] });
    expect(forced(['remote["socket"]'], { remote: { socket: "/s" } })).toMatchObject({ replaces: ["remote"] });
    expect(forced(["remote['so.ck[et'][*]"], { remote: { "so.ck[et": ["/s"] } as never })).toMatchObject({
      replaces: ["remote"],
    });
    expect(forced(['remote["other"]'], { remote: { socket: "/s" } })).toMatchObject({ replaces: [] });
    expect(forced(["size"], { colour: "red" })).toEqual({ ...none, changes: true });
    expect(forced(["colour", "*"], {})).toEqual(none);
  });

  it("names every input that replaces", () => {
    expect(diff({ size: "5", name: "b", colour: "red" })).toEqual({
      changes: true,
      replaces: ["name", "size"],
      deleteBeforeReplace: false,
    });
  });

  it("deletes nothing before an update", () => {
    expect(diff({ colour: "red" }, {}, toy({ deleteBeforeReplace: () => true }))).toMatchObject({
      deleteBeforeReplace: false,
    });
  });

  it("of something taken away is a change", () => expect(diff({}, { colour: "red" })).toMatchObject({ changes: true }));

  it("of something unknown is a change", () => {
    expect(diff({ colour: unknown })).toMatchObject({ changes: true, replaces: [] });
    expect(diff({ name: unknown })).toMatchObject({ changes: true, replaces: ["name"] });
  });

  it("is seen in the form in which inputs are compared", () => {
    const kind = toy({ normalize: (given) => ({ ...given, size: String(Number(given.size)) }) });
    expect(diff({ size: "010" }, {}, kind)).toEqual(none);
    expect(diff({ size: "010" })).toMatchObject({ changes: true });
  });
});
