// Programs in JavaScript, and those with wrong types, get a sentence for missing arguments instead of a TypeError.
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import * as lxd from "../../../sdk";

const classes = {
  IsoVolume: lxd.IsoVolume,
  Image: lxd.Image,
  Instance: lxd.Instance,
  InstanceSnapshot: lxd.InstanceSnapshot,
  Exec: lxd.Exec,
  StoragePool: lxd.StoragePool,
  StorageVolume: lxd.StorageVolume,
  GoldenImage: lxd.GoldenImage,
} as unknown as Record<string, new (name: string, args?: unknown) => unknown>;

describe("missing arguments", () => {
  test.each(Object.entries(classes))("of %s", (kind, Class) => {
    const missing = `${kind} "a": the second argument must be an object with the arguments, but is missing`;
    expect(() => new Class("a")).toThrow(new pulumi.RunError(missing));
    expect(() => new Class("a", "./a.iso")).toThrow(/must be an object with the arguments, but is "\.\/a\.iso"/);
  });
});
