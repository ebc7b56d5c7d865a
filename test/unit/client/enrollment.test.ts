// How a trust token is sent to servers that say much, little or nothing to a client that they do not trust yet.
import { expect, it } from "vitest";
import { fakeDaemon, sync } from "./fake-daemon";

const token = Buffer.from(JSON.stringify({ client_name: "ci", fingerprint: "f".repeat(64), secret: "s" })).toString(
  "base64",
);

it.each([
  ["Incus 6.0, which tells its extensions", ["dev_incus_events"], "trust_token"],
  ["Incus 7, which tells strangers nothing", null, "trust_token"],
  ["LXD 5.21 and newer", ["explicit_trust_token"], "trust_token"],
  ["LXD 5.0, where it is the trust password", ["devlxd_events"], "password"],
])("to %s", async (_server, extensions, field) => {
  let isTrusted = false;
  const options = { trustToken: token, clientCertificate: "PEM" };
  const routes: Parameters<typeof fakeDaemon>[0] = {
    "GET /1.0": (request, response) =>
      sync({ auth: isTrusted ? "trusted" : "untrusted", api_extensions: extensions })(request, response),
    "POST /1.0/certificates": (request, response) => {
      isTrusted = true;
      request.on("end", () => sync(null)(request, response));
    },
  };
  const { client, requests } = await fakeDaemon(routes, options);
  expect((await client.info()).trusted).toBe(true);
  const sent = requests.find(({ line }) => line === "POST /1.0/certificates")?.body ?? "";
  expect(JSON.parse(sent)).toEqual({ type: "client", [field]: token });
});
