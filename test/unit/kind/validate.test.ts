// Every failure of the inputs is told at once, at its own path; what a preview does not know passes.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { duration, name, scalar, size, strict, tagged } from "../../../provider/kind/schema";
import { unknown } from "../../../provider/kind/unknowns";
import { validate } from "../../../provider/kind/validate";

const schema = strict({
  pool: name,
  count: z.number().optional(),
  on: z.boolean().optional(),
  kind: z.enum(["container", "virtual-machine"]).optional(),
  source: tagged({
    file: strict({ file: name }),
    url: strict({ url: name, checksum: z.string() }),
  }).optional(),
  disks: z.array(strict({ volume: strict({ pool: name, name }), bootPriority: z.int().min(0).optional() })).optional(),
  config: z.record(z.string(), scalar).optional(),
  devices: z.record(z.string(), z.record(z.string(), scalar)).optional(),
  size: size.optional(),
  timeout: duration.optional(),
  nested: strict({ deep: strict({ list: z.array(z.array(z.number())) }).optional() }).optional(),
});

function failuresOf(given: Record<string, unknown>): Record<string, string> {
  const { failures } = validate(schema, given);
  expect(new Set(failures.map(({ property }) => property)).size).toBe(failures.length);
  return Object.fromEntries(failures.map(({ property, reason }) => [property, reason]));
}

const valid = {
  pool: "default",
  count: 2,
  on: false,
  kind: "container",
  source: { file: "a.iso" },
  disks: [{ volume: { pool: "p", name: "n" }, bootPriority: 10 }],
  config: { "limits.cpu": 2, "security.secureboot": false, "user.x": "y" },
  devices: { eth0: { type: "nic", mtu: 1500 } },
  size: "10GiB",
  timeout: "90m",
  nested: { deep: { list: [[1], []] } },
};

describe("inputs that are right", () => {
  it("pass as they are", () => expect(validate(schema, valid)).toEqual({ value: valid, failures: [] }));

  it("are not changed by being looked at", () => {
    const given = { pool: "", extra: 1 };
    validate(schema, given);
    expect(given).toEqual({ pool: "", extra: 1 });
  });
});

/** The same value with what is at each path, one after the other, made unknown. */
function* withOneUnknown(value: unknown): Generator {
  yield unknown;
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    for (const changed of withOneUnknown((value as Record<string, unknown>)[key])) {
      yield Array.isArray(value)
        ? value.map((item: unknown, i) => (String(i) === key ? changed : item))
        : { ...value, [key]: changed };
    }
  }
}

describe("a value that a preview does not know", () => {
  const cases = [...withOneUnknown(valid)].filter((value) => value !== unknown);

  it("stands for any part of the inputs, at any depth", () => {
    expect(cases.length).toBeGreaterThan(25);
    for (const given of cases) {
      expect({ given, ...validate(schema, given as Record<string, unknown>) }).toEqual({
        given,
        value: given,
        failures: [],
      });
    }
  });

  it("hides no failure beside it", () => {
    expect(
      failuresOf({ pool: unknown, source: unknown, count: "2", disks: [unknown, { volume: unknown, x: 1 }] }),
    ).toEqual({
      count: 'must be a number, but is "2"',
      "disks[1].x": expect.stringContaining('unknown property "x"') as string,
    });
  });
});

describe("each failure", () => {
  it("is told at once with its path", () => {
    const found = failuresOf({
      count: "2",
      on: "yes",
      kind: "vm",
      disks: [{ volume: { pool: "", name: 5 }, bootPriority: -1 }, { volume: "x" }, 7],
      config: { "limits.cpu": { a: 1 } },
      devices: { eth0: "nic" },
      size: "10 Gigs",
      timeout: "soon",
      nested: { deep: { list: [[1, "2"]] } },
    });
    expect(found).toEqual({
      pool: "is required",
      count: 'must be a number, but is "2"',
      on: 'must be a boolean, but is "yes"',
      kind: 'must be "container" or "virtual-machine", but is "vm"',
      "disks[0].volume.pool": "must not be empty",
      "disks[0].volume.name": "must be a string, but is 5",
      "disks[0].bootPriority": "must be at least 0, but is -1",
      "disks[1].volume": 'must be an object, but is "x"',
      "disks[2]": "must be an object, but is 7",
      'config["limits.cpu"]': "must be a string, a number or a boolean",
      "devices.eth0": 'must be a map, but is "nic"',
      size: '"10 Gigs" is not a valid size; use an integer with a unit (B, kB, MB, GB, TB, KiB, MiB, GiB or TiB), for example "10GiB"',
      timeout: '"soon" is not a valid duration; use for example "90m", "1h30m" or "30s"',
      "nested.deep.list[0][1]": 'must be a number, but is "2"',
    });
  });

  it("says that an integer is needed", () => {
    expect(failuresOf({ pool: "p", disks: [{ volume: { pool: "p", name: "n" }, bootPriority: 1.5 }] })).toEqual({
      "disks[0].bootPriority": "must be an integer, but is 1.5",
    });
  });

  it("says null in words", () => {
    expect(failuresOf({ pool: null })).toEqual({ pool: "must be a string, but is null" });
  });

  it("leaves what failed unknown, so that later checks go on with the rest", () => {
    const { value } = validate(schema, { pool: 5, disks: [{ volume: { pool: "p" }, bootPriority: "1" }], extra: true });
    expect(value).toEqual({
      pool: unknown,
      disks: [{ volume: { pool: "p", name: unknown }, bootPriority: unknown }],
    });
  });
});

describe("an unknown property", () => {
  it("is told with the property that was probably meant", () => {
    expect(failuresOf({ pool: "p", pol: "q" })).toEqual({ pol: 'unknown property "pol"; did you mean "pool"?' });
  });

  it("is told with all known ones when none is near", () => {
    expect(failuresOf({ pool: "p", nested: { colour: "red" } })).toEqual({
      "nested.colour": 'unknown property "colour"; known properties are deep',
    });
  });

  it("is told at its own path, each by itself, at any depth", () => {
    expect(failuresOf({ pool: "p", pol: 1, sizes: 2, disks: [{ volume: { pool: "p", name: "n", nam: 3 } }] })).toEqual({
      pol: 'unknown property "pol"; did you mean "pool"?',
      sizes: 'unknown property "sizes"; did you mean "size"?',
      "disks[0].volume.nam": 'unknown property "nam"; did you mean "name"?',
    });
  });
});

describe("a source", () => {
  const sourceOf = (source: unknown): Record<string, string> => failuresOf({ pool: "p", source });

  it("is one of the shapes, by the key that is there", () => {
    const one = "must be { file: … } or { url: … }";
    expect(sourceOf({})).toEqual({ source: `${one}, but is empty` });
    expect(sourceOf("a.iso")).toEqual({ source: `${one}, but is "a.iso"` });
    expect(sourceOf(["a.iso"])).toEqual({ source: `${one}, but is a list` });
    expect(sourceOf({ file: "a", url: "b", checksum: "c" })).toEqual({ source: `${one}, not file and url together` });
  });

  it("may be required", () => {
    const needed = strict({ source: tagged({ file: strict({ file: name }) }) });
    expect(validate(needed, {}).failures).toEqual([{ property: "source", reason: "is required: { file: … }" }]);
  });

  it("with none of the keys is told with the one that was probably meant", () => {
    expect(sourceOf({ fil: "a.iso" })).toEqual({
      "source.fil": 'unknown property "fil"; did you mean "file"?',
    });
    expect(sourceOf({ path: "a.iso" })).toEqual({
      "source.path": 'unknown property "path"; the source must be { file: … } or { url: … }',
    });
  });

  it("has the failures of the shape that was meant, at their own paths", () => {
    expect(sourceOf({ url: 5 })).toEqual({
      "source.url": "must be a string, but is 5",
      "source.checksum": "is required",
    });
    expect(sourceOf({ file: "" })).toEqual({ "source.file": "must not be empty" });
    expect(sourceOf({ file: "a", sum: "b" })).toEqual({
      "source.sum": 'unknown property "sum"; known properties are file',
    });
    expect(sourceOf({ url: "a", checksum: "b", cecksum: "c" })).toEqual({
      "source.cecksum": 'unknown property "cecksum"; did you mean "checksum"?',
    });
  });

  it("may be unknown in its parts", () => {
    expect(sourceOf({ file: unknown })).toEqual({});
    expect(sourceOf({ url: unknown, checksum: unknown })).toEqual({});
    expect(sourceOf({ url: unknown })).toEqual({ "source.checksum": "is required" });
  });

  it("makes unknown what has only keys that nobody knows", () => {
    const { value, failures } = validate(schema, { pool: "default", source: { fiel: "x.iso" } });
    expect(failures).toEqual([expect.objectContaining({ property: "source.fiel" })]);
    expect(value["source"]).toBe(unknown);
  });
});
