// Before all tests: the real daemons that they are given listen for HTTPS.
import { listen } from "./contract/harness/https";

export default async function setup(): Promise<void> {
  const sockets = ["INCUS_SOCKET", "LXD_SOCKET", "IMAGE_SERVER_SOCKET"].map((name) => process.env[name] ?? "");
  for (const socket of sockets.filter((path) => path !== "")) await listen(socket);
}
