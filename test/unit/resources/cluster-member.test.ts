// Cluster members as they may be found: online, evacuated for maintenance, or without a sign of life.
import { describe, expect, it } from "vitest";
import { checkMember, type PlacedObject } from "../../../provider/resources/shared/cluster-member";
import { fakeDaemon, sync } from "../client/fake-daemon";

const info = { api_extensions: [], auth: "trusted", environment: { server: "incus", server_clustered: true } };
const members = [
  { server_name: "up", status: "Online", message: "Fully operational" },
  { server_name: "tired", status: "Evacuated", message: "Unavailable due to maintenance" },
  { server_name: "dead", status: "Offline", message: "No heartbeat for 16.4s (2026-11-21 16:35:10.71 +0000 UTC)" },
];

async function told(target: string, kept: PlacedObject): Promise<string> {
  const { client } = await fakeDaemon({
    "GET /1.0": sync(info),
    "GET /1.0/cluster/members": sync(members),
    "GET /1.0/cluster/groups/some": sync({ members: ["up", "dead"] }),
    "GET /1.0/cluster/groups/none": sync({ members: ["tired", "dead"] }),
  });
  return (await checkMember(client, target, kept)).map(({ property, reason }) => `${property}: ${reason}`).join();
}

describe("a machine", () => {
  it.each(["up", "@some"])("may be meant for %s", async (target) => expect(await told(target, "machine")).toBe(""));

  it.each([
    [
      "dead",
      /"dead" is offline \(No heartbeat for 16.4s \(2026-.*\)\); bring it back online, or name one of: up \[unavailable\]/,
    ],
    ["tired", /"tired" is evacuated .*`incus cluster restore tired`, or name one of: up \[unavailable\]/],
    ["@none", /no member of the cluster group "none" accepts an instance: tired is evacuated, dead is offline/],
    ["@nobody", /there is no cluster group "nobody" with members \[not-found\]/],
    ["upp", /there is no cluster member "upp"; did you mean "up"\?; members are: up, tired, dead \[not-found\]/],
  ])("is not meant for %s", async (target, why) => expect(await told(target, "machine")).toMatch(why));
});

describe("a volume", () => {
  it.each(["up", "tired"])("may be meant for %s", async (target) => expect(await told(target, "volume")).toBe(""));

  it.each([
    ["dead", /"dead" is offline/],
    ["@some", /a volume is on one cluster member; name one of: up, tired/],
  ])("is not meant for %s", async (target, why) => expect(await told(target, "volume")).toMatch(why));
});
