// Where a program has written secrets, as the provider is told.
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { secretPaths } from "../../../sdk/resource/secret-paths";
import { withSecretUrls } from "../../../sdk/resource/secret-urls";

describe("the paths of secrets", () => {
  it("lead to every secret, however deep", async () => {
    const inputs = {
      name: "plain",
      known: pulumi.output("plain"),
      whole: pulumi.secret("a"),
      config: { "user.a": pulumi.secret("b"), "user.b": pulumi.output("plain") },
      list: ["plain", pulumi.secret("c"), { deep: pulumi.interpolate`x ${pulumi.secret("d")}` }],
      promised: Promise.resolve({ inner: pulumi.secret("e") }),
      nothing: undefined,
    };
    expect(await secretPaths(inputs)).toEqual([
      ["whole"],
      ["config", "user.a"],
      ["list", 1],
      ["list", 2, "deep"],
      ["promised"],
    ]);
  });

  it("are none where there are no secrets", async () => {
    expect(await secretPaths({ a: "b", c: [pulumi.output(1)], d: pulumi.unsecret(pulumi.secret(2)) })).toBeUndefined();
  });
});

describe("URLs with a password", () => {
  const isSecret = async (value: unknown): Promise<boolean> =>
    pulumi.Output.isInstance(value) && (await pulumi.isSecret(value));

  it.each([
    ["https://me:pw@host/x", true],
    ["http://token@host/x", true],
    [pulumi.output("https://me:pw@host/x"), true],
    ["https://host/x@y?a=b@c", false],
    ["./me:pw@host", false],
    [pulumi.output("https://host/x"), false],
  ])("are secret by themselves: %j", async (url, expected) => {
    const { source } = { source: withSecretUrls({ url, checksum: "sha256:0" }) };
    expect(await isSecret(source.url)).toBe(expected);
    expect(source.checksum).toBe("sha256:0");
  });
});
