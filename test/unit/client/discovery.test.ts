// Where the daemon is looked for, in order, and what is said when it is nowhere.
import { describe, expect, it } from "vitest";
import { discoverSocket, places, type Surroundings } from "../../../provider/client/discovery";

const nowhere: Surroundings = { env: {}, exists: () => false };

describe("the daemon's socket", () => {
  const all: Surroundings = {
    explicit: "/explicit",
    config: "/config",
    env: { INCUS_SOCKET: "/is", INCUS_DIR: "/id", LXD_SOCKET: "/ls", LXD_DIR: "/ld" },
    exists: () => true,
  };
  const order: [string, Surroundings][] = [
    ["/explicit", all],
    ["/config", { ...all, explicit: undefined }],
    ["/is", { env: all.env, exists: () => true }],
    ["/id/unix.socket", { env: { ...all.env, INCUS_SOCKET: undefined }, exists: () => true }],
    ["/ls", { env: { LXD_SOCKET: "/ls", LXD_DIR: "/ld" }, exists: () => true }],
    ["/ld/unix.socket", { env: { LXD_DIR: "/ld" }, exists: () => true }],
    ["/run/incus/unix.socket", { env: {}, exists: () => true }],
    ["/var/lib/incus/unix.socket", { env: {}, exists: (path) => !path.startsWith("/run") }],
    ["/var/snap/lxd/common/lxd/unix.socket", { env: {}, exists: (path) => path.includes("lxd") }],
    ["/var/lib/lxd/unix.socket", { env: {}, exists: (path) => path === "/var/lib/lxd/unix.socket" }],
  ];
  it.each(order)("is %s by its place in the list", (socket, around) => expect(discoverSocket(around)).toBe(socket));

  it("is looked for in no other place", () => expect(places).toHaveLength(order.length));

  it("is not one that a variable names with nothing", () => {
    const env = { INCUS_SOCKET: "", INCUS_DIR: "", LXD_SOCKET: "/ls" };
    expect(discoverSocket({ ...nowhere, config: "", env })).toBe("/ls");
  });

  it("that a place names is taken even if nothing is there, so that the error speaks of it", () => {
    expect(discoverSocket({ ...nowhere, env: { INCUS_SOCKET: "/gone" } })).toBe("/gone");
  });

  it("that is nowhere is an error that lists every place", () => {
    expect(() => discoverSocket(nowhere)).toThrow(
      "no LXD or Incus daemon was found; looked, in this order, at the resource's remote.socket, stack config lxd:socket, " +
        "INCUS_SOCKET, INCUS_DIR, LXD_SOCKET, LXD_DIR, /run/incus/unix.socket, /var/lib/incus/unix.socket, " +
        "/var/snap/lxd/common/lxd/unix.socket, /var/lib/lxd/unix.socket [unavailable]\n" +
        "Start a daemon, or name its socket with `pulumi config set lxd:socket PATH`.",
    );
  });
});
