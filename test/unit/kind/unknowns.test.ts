// Unknown values of a preview are seen at any depth.
import { describe, expect, it } from "vitest";
import { hasUnknown, isUnknown, unknown } from "../../../provider/kind/unknowns";

describe("unknown values", () => {
  it("are what the engine sends for them", () => {
    expect(unknown).toBe("04da6b54-80e4-46f7-96ec-b56ff0331ba9");
    expect(isUnknown(unknown)).toBe(true);
    expect(isUnknown(`${unknown} and more`)).toBe(false);
  });

  it.each([unknown, [unknown], { a: unknown }, { a: [{ b: [1, { c: unknown }] }] }])("are found in %j", (value) =>
    expect(hasUnknown(value)).toBe(true),
  );

  it.each([undefined, null, "", 0, false, {}, [], { a: ["b", { c: null }] }])("are not found in %j", (value) =>
    expect(hasUnknown(value)).toBe(false),
  );
});
