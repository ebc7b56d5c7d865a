// GET /1.0: information about the server and its features.
import { release } from "node:os";
import { createHash } from "node:crypto";

import { badRequest } from "../errors";
import type { Call } from "../http/call";
import { serverName } from "../product";
import { type Reply, sync } from "../http/reply";
import type { Route } from "../http/router";

function environment({ daemon: { settings } }: Call, project: string): Record<string, unknown> {
  const { product } = settings;
  return {
    addresses: [],
    architectures: settings.architectures,
    certificate: "",
    certificate_fingerprint: createHash("sha256").update(settings.dir).digest("hex"),
    driver: "qemu | lxc",
    driver_version: "embedded | embedded",
    firewall: "none",
    kernel: "Linux",
    kernel_architecture: "x86_64",
    kernel_features: {},
    kernel_version: release(),
    lxc_features: {},
    os_name: "",
    os_version: "",
    project,
    server: product.kind,
    server_clustered: false,
    server_event_mode: "full-mesh",
    server_name: serverName,
    server_pid: process.pid,
    server_version: product.version,
    storage: "dir",
    storage_version: "1",
    storage_supported_drivers: [{ Name: "dir", Version: "1", Remote: false }],
  };
}

function getServer(call: Call): Reply {
  const user =
    call.daemon.settings.product.kind === "incus" ? { auth_user_name: "root", auth_user_method: "unix" } : {};
  const server = {
    config: {},
    api_extensions: call.daemon.settings.product.extensions,
    api_status: "stable",
    api_version: "1.0",
    auth: "trusted",
    public: false,
    auth_methods: ["tls"],
    ...user,
    environment: environment(call, call.project),
  };
  return sync(server, server.config);
}

export const serverRoutes: Route[] = [
  { path: "/1.0", GET: getServer },
  // Events need a WebSocket; this route handles requests without one.
  {
    path: "/1.0/events",
    GET: () => {
      throw badRequest("Bad Request");
    },
  },
];
