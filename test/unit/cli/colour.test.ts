// When text is coloured.
import { expect, it } from "vitest";
import { coloured, paintFor, plain } from "../../../cli/colour";

it.each([
  [true, {}, true],
  [false, {}, false],
  [true, { NO_COLOR: "1" }, false],
  [true, { NO_COLOR: "" }, true],
  [true, { TERM: "dumb" }, false],
  [false, { FORCE_COLOR: "1" }, true],
  [false, { FORCE_COLOR: "" }, true],
  [false, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
  [true, { FORCE_COLOR: "0" }, false],
])("on a terminal (%s) with %j: %s", (isTTY, env, expected) => {
  expect(paintFor({ isTTY }, env)).toBe(expected ? coloured : plain);
});
