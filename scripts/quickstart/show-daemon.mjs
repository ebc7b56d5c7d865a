// Shows the objects on a daemon, read over its socket rather than from Pulumi.
import { request } from "node:http";

/** @param {string} socketPath */
export async function showDaemon(socketPath) {
  const volumes = await get(socketPath, "/1.0/storage-pools/default/volumes/custom?recursion=1");
  const instances = await get(socketPath, "/1.0/instances?recursion=1");
  console.log("GET /1.0/storage-pools/default/volumes/custom?recursion=1");
  for (const { name, content_type: type, used_by: users } of volumes) {
    console.log(`  ${name}  (content type: ${type}; used by: ${users.join(", ") || "nothing"})`);
  }
  console.log("\nGET /1.0/instances?recursion=1");
  for (const { name, type, status, devices } of instances) {
    console.log(`  ${name}  (${type}, ${status})`);
    for (const [device, { type: kind, source }] of Object.entries(devices)) {
      console.log(`    ${device}: ${kind}${source ? ` from volume ${source}` : ""}`);
    }
  }
}

/** The `metadata` of the daemon's response. */
function get(socketPath, path) {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, host: "localhost" }, async (response) => {
      const chunks = await response.toArray();
      const answer = JSON.parse(Buffer.concat(chunks).toString("utf8"));
      if (response.statusCode === 200) resolve(answer.metadata);
      else reject(new Error(`GET ${path}: ${answer.error}`));
    });
    sent.on("error", reject).end();
  });
}
