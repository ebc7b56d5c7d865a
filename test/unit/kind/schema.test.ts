// The building blocks of schemas: suggestions for typos, tagged sources, names.
import { describe, expect, it } from "vitest";
import { nearest } from "../../../provider/base/nearest";
import { instanceName, volumeName } from "../../../provider/kind/schema";

describe("the nearest known word", () => {
  const known = ["bootPriority", "volume", "name", "description"];
  it.each([
    ["bootPrioritty", "bootPriority"],
    ["bootpriority", "bootPriority"],
    ["boot_priority", "bootPriority"],
    ["volumes", "volume"],
    ["desciption", "description"],
    ["nmae", "name"],
  ])("of %s is %s", (word, expected) => expect(nearest(word, known)).toBe(expected));

  it.each(["x", "fingerprint", "", "no"])("of %j is none", (word) => expect(nearest(word, known)).toBeUndefined());

  it("is none among nothing", () => expect(nearest("name", [])).toBeUndefined());
});

describe("a volume's name", () => {
  it.each(["a", "win11", "Win-11_x64.v2", "0", "a".repeat(64)])("may be %s", (text) =>
    expect(volumeName.safeParse(text).success).toBe(true),
  );
  it.each(["", "-a", "a-", ".a", "a.", "a b", "a/b", "ü", "a\n", "a".repeat(65), "a*b"])("may not be %j", (text) =>
    expect(volumeName.safeParse(text).success).toBe(false),
  );
});

describe("an instance's name", () => {
  it.each(["a", "web-1", "1a", "a".repeat(63)])("may be %s", (text) =>
    expect(instanceName.safeParse(text).success).toBe(true),
  );
  it.each(["", "1", "007", "-a", "a-", "a_b", "a.b", "a b", "a\n", "a".repeat(64)])("may not be %j", (text) =>
    expect(instanceName.safeParse(text).success).toBe(false),
  );
});
