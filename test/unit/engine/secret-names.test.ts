// Secrets in what IDs and names are made of are refused, by every kind.
import { describe, expect, it } from "vitest";
import * as kinds from "../../../provider";

/** What the ID of each is made of, and an input beside it that may be secret. */
const parts: Record<Exclude<keyof typeof kinds, "Snapshot" | "Volume">, [id: string[], other: string]> = {
  IsoVolume: [["project", "pool", "name"], "description"],
  Image: [["project"], "properties"],
  GoldenBuild: [["project"], "bootCommand"],
  Instance: [["project", "name"], "config"],
  Network: [["project", "name"], "config"],
  Exec: [["project", "instance"], "command"],
  InstanceSnapshot: [["project", "instance", "name"], "restore"],
  Profile: [["project", "name"], "config"],
  StoragePool: [["name"], "config"],
  StorageVolume: [["project", "pool", "name"], "config"],
  Project: [["name"], "config"],
};

describe.each(Object.entries(parts))("%s", (kind, [id, other]) => {
  it("refuses secrets in its ID, by the name of each property, and no others", async () => {
    const provider = kinds[kind as keyof typeof parts]();
    await provider.configure({ config: { get: () => undefined } });
    const urn = `urn:pulumi:s::p::pulumi-nodejs:dynamic/lxd:${kind}::x`;
    const values = Object.fromEntries([...id, other].map((key) => [key, `planted-${key}`]));
    const internal = { __urn: urn, __provider: "p", remote: { socket: "/no/such.socket" } };
    const __secrets = [...id, other].map((key) => [key]);
    const { failures } = await provider.check({}, { ...values, ...internal, __secrets });
    const refused = failures.filter(({ reason }) => reason.includes("cannot be a secret"));
    // The engine would print the value of a failure's property.
    expect(refused.map(({ property, reason }) => [property, reason.split(":")[0]])).toEqual(id.map((key) => ["", key]));
    expect(JSON.stringify(failures)).not.toContain("planted");
    const plain = await provider.check({}, { ...values, ...internal });
    expect(plain.failures.filter(({ reason }) => reason.includes("cannot be a secret"))).toEqual([]);
  });
});
