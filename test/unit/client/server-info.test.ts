// Which product and version a server is, and what it lacks.
import { describe, expect, it } from "vitest";
import {
  describeServer,
  headerPrefix,
  requireExtension,
  serverInfoSchema,
} from "../../../provider/lxd/client/discovery/server-info";

const untrusted = { auth: "untrusted", api_extensions: ["x"] };

describe("a server", () => {
  it("says what it is", () => {
    const environment = {
      server: "lxd",
      server_version: "5.21.3",
      server_name: "host",
      storage_supported_drivers: [{ Name: "dir", Version: "1", Remote: false }],
      server_clustered: true,
      driver: "lxc | qemu",
      architectures: ["x86_64"],
      addresses: ["192.0.2.1:8443"],
      certificate: "PEM",
      certificate_fingerprint: "f".repeat(64),
    };
    const info = serverInfoSchema.parse({ auth: "trusted", api_extensions: ["a"], environment, config: {} });
    expect(info).toEqual({
      product: "lxd",
      version: "5.21.3",
      name: "host",
      storageDrivers: ["dir"],
      clustered: true,
      virtualMachines: true,
      driver: "lxc | qemu",
      fingerprint: "f".repeat(64),
      certificate: "PEM",
      addresses: ["192.0.2.1:8443"],
      architectures: ["x86_64"],
      trusted: true,
      extensions: new Set(["a"]),
    });
    expect([headerPrefix(info), describeServer(info)]).toEqual(["X-LXD", "LXD 5.21.3"]);
  });

  it("runs no virtual machines without QEMU", () => {
    const environment = { server: "incus", server_version: "6.0.4", driver: "lxc" };
    const info = serverInfoSchema.parse({ ...untrusted, environment });
    expect(info.virtualMachines).toBe(false);
    expect([headerPrefix(info), describeServer(info)]).toEqual(["X-Incus", "Incus 6.0.4"]);
  });

  it.each([
    ["dev_incus_events", "incus"],
    ["restrict_dev_incus", "incus"],
    ["devlxd_events", "lxd"],
  ])("that does not trust us is told by %s to be %s", (extension, product) => {
    const info = serverInfoSchema.parse({ ...untrusted, api_extensions: [extension] });
    expect(info).toMatchObject({ product, trusted: false, version: "unknown" });
  });
});

describe("a missing feature", () => {
  const environment = { server: "lxd", server_version: "5.0.2", driver: "lxc" };
  const info = serverInfoSchema.parse({ ...untrusted, environment });

  it("is told with the releases that have it", () => {
    expect(() => requireExtension(info, "custom_volume_iso", "ISO volumes")).toThrow(
      "LXD 5.0.2 has no ISO volumes (API extension custom_volume_iso) [unsupported]\n" +
        "Use any Incus, LXD 5.21 LTS or LXD 5.16 or newer.",
    );
    expect(() => requireExtension(info, "tea", "tea")).toThrow("[unsupported]\nUpgrade the server.");
  });

  it("is none when the server has it", () => expect(() => requireExtension(info, "x", "x")).not.toThrow());
});
