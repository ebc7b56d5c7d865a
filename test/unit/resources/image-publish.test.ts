// What is asked of a server that can make images in two files, which none of the daemons under test can.
import { expect, it } from "vitest";
import { publish, publishFailures } from "../../../provider/resources/image/create/publish";
import { begun, type FakeDaemon, fakeDaemon, operation, sync } from "../client/fake-daemon";

const info = (...extensions: string[]): unknown => ({
  auth: "trusted",
  api_extensions: extensions,
  environment: { server: "incus", server_version: "6.13" },
});

async function server(...extensions: string[]): Promise<FakeDaemon> {
  return fakeDaemon({
    "GET /1.0": sync(info(...extensions)),
    "POST /1.0/images": begun(),
    "GET /1.0/operations/op/wait": sync(operation({ status_code: 200, metadata: { fingerprint: "f1" } })),
  });
}

const inputs = {
  project: "default",
  aliases: [],
  properties: { os: "Mine" },
  public: true,
  expiresAt: "2035-01-01T00:00:00Z",
  aliasPolicy: "fail",
  adopt: false,
} as const;

it.each([
  ["split", { format: "split" }],
  ["unified", {}],
] as const)("an image whose format is %s", async (format, more) => {
  const { client, requests } = await server("instance_publish_split");
  const source = { snapshot: "vm/s1", compression: "zstd", format } as const;
  expect(await publishFailures(client, source)).toEqual([]);
  const publication = {
    inputs: { ...inputs, aliases: [], source },
    source,
    properties: inputs.properties,
    fileName: "mark",
  };
  expect(await publish({ client, status: () => undefined }, publication)).toBe("f1");
  const sent = requests.find(({ line }) => line.startsWith("POST /1.0/images"));
  expect(JSON.parse(sent?.body ?? "")).toEqual({
    source: { type: "snapshot", name: "vm/s1" },
    filename: "mark",
    public: true,
    properties: { os: "Mine" },
    expires_at: "2035-01-01T00:00:00Z",
    compression_algorithm: "zstd",
    ...more,
  });
});

it("is refused by name and release on a server that cannot", async () => {
  const { client } = await server();
  expect(await publishFailures(client, { instance: "vm", format: "split" })).toMatchObject([
    { property: "source.format", reason: expect.stringContaining("Incus 6.13 has no images of instances") as string },
  ]);
  expect(await publishFailures(client, { instance: "vm", format: "unified" })).toEqual([]);
});
