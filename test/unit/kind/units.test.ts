// Sizes and durations: what is read as the daemons read it, and what is refused; the types accept the same.
import { describe, expect, it } from "vitest";
import { type Duration, type Size } from "../../../sdk";
import { parseDuration, parseSize } from "../../../provider/kind/units";

describe("a size", () => {
  it.each<[Size, number]>([
    ["0", 0],
    ["17", 17],
    ["17B", 17],
    ["2kB", 2000],
    ["3MB", 3_000_000],
    ["1GB", 1e9],
    ["1TB", 1e12],
    ["1KiB", 1024],
    ["512MiB", 512 * 2 ** 20],
    ["10GiB", 10 * 2 ** 30],
    ["2TiB", 2 * 2 ** 40],
  ])("%s is %d bytes", (text, bytes) => expect(parseSize(text)).toBe(bytes));

  // The daemons take neither a space nor another case of letters.
  it.each([
    "",
    "GiB",
    "10 GiB",
    "10gib",
    "10GIB",
    "10Gi",
    "10G",
    "1.5GiB",
    "-1GiB",
    "10GiB ",
    " 1",
    "1e3",
    "ten",
    "1Kib",
  ])("%j is none", (text) => expect(parseSize(text)).toBeUndefined());

  it("is none when it is too large to be counted exactly", () => {
    expect(parseSize("9007199254740993")).toBeUndefined();
    expect(parseSize("100000PiB")).toBeUndefined();
  });
});

describe("a duration", () => {
  it.each<[Duration, number]>([
    ["1ms", 1],
    ["30s", 30_000],
    ["90m", 90 * 60_000],
    ["1h30m", 90 * 60_000],
    ["1h30m15s", 5_415_000],
    ["1.5h", 90 * 60_000],
    ["2d", 48 * 3_600_000],
    ["0s", 0],
  ])("%s is %d ms", (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each(["", "5", "m", "5 m", "5min", "-5m", "5m!", "1h 30m", "five minutes"])("%j is none", (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );
});
