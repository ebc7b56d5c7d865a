// Small pieces that many kinds stand on: canonical JSON, files that are written in one step, users of an object, booleans.
import { mkdtempSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeAtomically } from "../../../provider/base/atomic-file";
import { canonicalJson } from "../../../provider/base/canonical";
import { booleanOf, inStyleOf } from "../../../provider/kind/booleans";
import { parseUser } from "../../../provider/lxd/api/used-by";

test("canonical JSON does not depend on the order of keys", () => {
  const text = canonicalJson({ b: [{ d: 1, c: undefined }, 2], a: { y: null, x: "é" } });
  expect(text).toBe('{"a":{"x":"é","y":null},"b":[{"d":1},2]}');
  expect(canonicalJson({ a: { x: "é", y: null }, b: [{ d: 1 }, 2] })).toBe(text);
  expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
});

test("a file is replaced as a whole, with its mode, and nothing is left beside it", () => {
  const folder = join(mkdtempSync(join(tmpdir(), "atomic-")), "new");
  const path = join(folder, "token.json");
  writeAtomically(path, "one", { mode: 0o600 });
  writeAtomically(path, "two", { mode: 0o600 });
  expect(readFileSync(path, "utf8")).toBe("two");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(() => writeAtomically(folder, "a folder is in the way")).toThrow();
  expect(readdirSync(join(folder, ".."))).toEqual(["new"]);
  expect(readdirSync(folder)).toEqual(["token.json"]);
});

describe("users of an object", () => {
  test.each([
    ["/1.0/instances/vm", { collection: "instances", name: "vm", project: "default" }],
    ["/1.0/instances/vm?project=my%20shop", { collection: "instances", name: "vm", project: "my shop" }],
    ["/1.0/profiles/a%2Fb?project=shop", { collection: "profiles", name: "a/b", project: "shop" }],
    [
      "/1.0/storage-pools/p/volumes/custom/v",
      { collection: "storage-pools", name: "p/volumes/custom/v", project: "default" },
    ],
  ])("%s", (url, user) => {
    expect(parseUser(url)).toEqual(user);
  });
});

test("booleans are known in each style, and told in that of the program", () => {
  const words = ["true", "Yes", "ON", "1", "false", "no", "Off", "0", "2", "", undefined];
  expect(words.map(booleanOf)).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
    false,
    false,
    undefined,
    undefined,
    undefined,
  ]);
  expect([inStyleOf("Yes", false), inStyleOf("on", true), inStyleOf("0", true), inStyleOf("maybe", true)]).toEqual([
    "no",
    "on",
    "1",
    undefined,
  ]);
});
