// What a preview says of an image's URL to servers that fetch none: LXD 6.9 and newer, which no test meets each time.
import { expect, it } from "vitest";
import { urlFailures } from "../../../provider/resources/image/create/url";
import { fakeDaemon, sync } from "../client/fake-daemon";

async function failuresOn(server: string, version: string): Promise<string[]> {
  const info = { auth: "trusted", api_extensions: [], environment: { server, server_version: version } };
  const { client } = await fakeDaemon({ "GET /1.0": sync(info) });
  const failures = await urlFailures(client, { url: "https://images.example.org/x" });
  return failures.map(({ property, reason }) => `${property}: ${reason}`);
}

it.each(["6.9", "6.10", "7.0"])("is refused on LXD %s, with what works there", async (version) => {
  expect(await failuresOn("lxd", version)).toEqual([
    expect.stringMatching(`^source.url: LXD ${version} does not fetch images from URLs.* use { download, checksum }`),
  ]);
});

it("is refused on LXD 5.21.7, which can make no instance of the image", async () => {
  expect(await failuresOn("lxd", "5.21.7")).toEqual([
    expect.stringMatching(/^source.url: LXD 5.21.7 fetches images .* no instance of them; use { download, checksum }/),
  ]);
});

it.each([
  ["lxd", "5.0.2"],
  ["lxd", "5.21.6"],
  ["lxd", "6.8"],
  ["incus", "7.0.2"],
])("is taken by %s %s", async (server, version) => {
  expect(await failuresOn(server, version)).toEqual([]);
});
