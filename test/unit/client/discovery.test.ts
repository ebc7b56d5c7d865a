// Where the daemon is looked for, in order, and what is said when it is nowhere.
import { describe, expect, it } from "vitest";
import { discover, places, type Surroundings } from "../../../provider/client/discovery";

const nowhere: Surroundings = { env: {}, exists: () => false };

describe("the daemon's socket", () => {
  const all: Surroundings = {
    explicit: { socket: "/explicit", address: "explicit" },
    config: { socket: "/config", address: "config" },
    env: { INCUS_SOCKET: "/is", INCUS_DIR: "/id", LXD_SOCKET: "/ls", LXD_DIR: "/ld" },
    exists: () => true,
  };
  const order: [string, Surroundings][] = [
    ["/explicit", all],
    ["explicit", { ...all, explicit: { address: "explicit" } }],
    ["/config", { ...all, explicit: undefined }],
    ["config", { ...all, explicit: undefined, config: { address: "config" } }],
    ["/is", { env: all.env, exists: () => true }],
    ["/id/unix.socket", { env: { ...all.env, INCUS_SOCKET: undefined }, exists: () => true }],
    ["/ls", { env: { LXD_SOCKET: "/ls", LXD_DIR: "/ld" }, exists: () => true }],
    ["/ld/unix.socket", { env: { LXD_DIR: "/ld" }, exists: () => true }],
    ["/run/incus/unix.socket", { env: {}, exists: () => true }],
    ["/var/lib/incus/unix.socket", { env: {}, exists: (path) => !path.startsWith("/run") }],
    ["/var/snap/lxd/common/lxd/unix.socket", { env: {}, exists: (path) => path.includes("lxd") }],
    ["/var/lib/lxd/unix.socket", { env: {}, exists: (path) => path === "/var/lib/lxd/unix.socket" }],
  ];
  it.each(order)("is %s by its place in the list", (socket, around) =>
    expect(Object.values(discover(around))[0]).toBe(socket),
  );

  it("is looked for in no other place", () => expect(places).toHaveLength(order.length));

  it("is not one that a variable names with nothing", () => {
    const env = { INCUS_SOCKET: "", INCUS_DIR: "", LXD_SOCKET: "/ls" };
    expect(discover({ ...nowhere, config: { socket: "" }, env })).toEqual({ socket: "/ls" });
  });

  it("that a place names is taken even if nothing is there, so that the error speaks of it", () => {
    expect(discover({ ...nowhere, env: { INCUS_SOCKET: "/gone" } })).toEqual({ socket: "/gone" });
  });

  it("that is nowhere is an error that lists every place", () => {
    expect(() => discover(nowhere)).toThrow(
      "no LXD or Incus daemon was found; looked, in this order, at the resource's remote.socket, the resource's remote.address, " +
        "stack config lxd:socket, stack config lxd:address, " +
        "INCUS_SOCKET, INCUS_DIR, LXD_SOCKET, LXD_DIR, /run/incus/unix.socket, /var/lib/incus/unix.socket, " +
        "/var/snap/lxd/common/lxd/unix.socket, /var/lib/lxd/unix.socket [unavailable]\n" +
        "Start a daemon, or name one with `pulumi config set lxd:socket PATH` or `pulumi config set lxd:address https://HOST:8443`.",
    );
  });
});
