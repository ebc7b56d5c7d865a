// The resource option `customTimeouts` in the dynamic provider: as the engine words it, and as it ends an operation.
import { describe, expect, it } from "vitest";
import { customTimeoutMs } from "../../../provider/engine/custom-timeouts";
import { pause } from "../../../provider/base/abort";
import { inputs, provider, state } from "./toy-provider";

describe("customTimeouts", () => {
  it.each([
    ["90s", 90_000],
    ["1h30m", 5_400_000],
    ["1.5h", 5_400_000],
    ["250ms", 250],
    ["1m0.5s", 60_500],
    ["0s", undefined],
    [undefined, undefined],
  ])("of %s are %s ms", (text, ms) => {
    expect(customTimeoutMs({ __timeouts: { create: text } }, "create")).toBe(ms);
    expect(customTimeoutMs({ __timeouts: { create: text } }, "update")).toBeUndefined();
    expect(customTimeoutMs({}, "create")).toBeUndefined();
  });

  const told = /0\.02 s that the resource option customTimeouts allows \[timeout\]/;

  it("end a create and an update of this program, and a delete of the one that made the object", async () => {
    const toys = await provider({
      create: ({ signal }) => pause(60_000, signal).then(() => expect.fail("was not ended")),
      update: ({ signal }) => pause(60_000, signal).then(() => expect.fail("was not ended")),
      remove: ({ signal }) => pause(60_000, signal).then(() => undefined),
    });
    const limited = (operation: string): object => ({ __timeouts: { [operation]: "20ms" } });
    await expect(toys.create({ ...inputs, ...limited("create") })).rejects.toThrow(told);
    await expect(toys.update("a", state, { ...inputs, ...limited("update") })).rejects.toThrow(told);
    await expect(toys.delete("a", { ...state, ...limited("delete") })).rejects.toThrow(told);
  });

  it("are stored for the delete", async () => {
    const toys = await provider();
    const { outs } = await toys.create({ ...inputs, __timeouts: { delete: "20ms" } });
    expect(outs).toMatchObject({ __timeouts: { delete: "20ms" } });
  });
});
