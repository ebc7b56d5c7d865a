// Where the daemon is looked for, in order, and what is said when it is nowhere.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { discover, places } from "../../../provider/lxd/client/discovery/discovery";
import { type Location, type Surroundings } from "../../../provider/lxd/client/discovery/location";
import { writeCliConfig } from "./cli-home";

const home = mkdtempSync(join(tmpdir(), "pulumi-lxd-discovery-"));
const bare = { HOME: join(home, "bare"), INCUS_GLOBAL_CONF: home, LXD_GLOBAL_CONF: home };
afterAll(() => rmSync(home, { recursive: true }));

writeCliConfig(join(home, ".config/incus"), {
  default: "far",
  remotes: { far: { addr: "https://far:1", project: "shop" } },
});
writeCliConfig(join(home, ".config/lxc"), { default: "lx", remotes: { lx: { addr: "https://lx:2" } } });

const nowhere: Surroundings = { env: bare, exists: () => false };
const placeOf = (location: Location): string =>
  "socket" in location ? location.socket : location.addresses.map(String).join();

describe("the daemon", () => {
  const named = { INCUS_SOCKET: "/is", INCUS_DIR: "/id", LXD_SOCKET: "/ls", LXD_DIR: "/ld" };
  const env = { ...bare, HOME: home, ...named, INCUS_REMOTE: "far", LXC_REMOTE: "lx" };
  const all: Surroundings = {
    explicit: { socket: "/explicit" },
    config: { remote: "far", socket: "/config", address: "config" },
    env,
    exists: () => true,
  };
  const without = (...names: (keyof typeof env)[]): Surroundings => ({
    env: Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name as keyof typeof env))),
    exists: () => true,
  });
  const order: [string, Surroundings][] = [
    ["/explicit", all],
    ["https://far:1", { ...all, explicit: undefined }],
    ["/config", { ...all, explicit: {}, config: { socket: "/config", address: "config" } }],
    ["config", { ...all, explicit: undefined, config: { address: "config" } }],
    ["https://far:1", without()],
    ["/is", without("INCUS_REMOTE")],
    ["/id/unix.socket", without("INCUS_REMOTE", "INCUS_SOCKET")],
    ["https://lx:2", without("INCUS_REMOTE", "INCUS_SOCKET", "INCUS_DIR")],
    ["/ls", { env: { ...bare, LXD_SOCKET: "/ls", LXD_DIR: "/ld" }, exists: () => true }],
    ["/ld/unix.socket", { env: { ...bare, LXD_DIR: "/ld" }, exists: () => true }],
    ["/run/incus/unix.socket", { env: bare, exists: () => true }],
    ["/var/lib/incus/unix.socket", { env: bare, exists: (path) => !path.startsWith("/run") }],
    ["/var/snap/lxd/common/lxd/unix.socket", { env: bare, exists: (path) => path.includes("lxd") }],
    ["/var/lib/lxd/unix.socket", { env: bare, exists: (path) => path === "/var/lib/lxd/unix.socket" }],
    ["https://far:1", { env: { ...bare, HOME: home }, exists: () => false }],
    ["https://lx:2", { env: { ...bare, HOME: home, INCUS_CONF: "/nowhere" }, exists: () => false }],
  ];
  it.each(order)("is %s by its place in the list", (place, around) => expect(placeOf(discover(around))).toBe(place));

  it("is looked for in no other place", () => expect(places).toHaveLength(order.length));

  it("is what the resource says, in any of three ways, but not in two at once", () => {
    expect(placeOf(discover({ ...all, explicit: { address: "a:1,b:2" } }))).toBe("a:1,b:2");
    expect(placeOf(discover({ ...all, explicit: { name: "lx" } }))).toBe("https://lx:2");
    const both = { ...all, explicit: { name: "lx", address: "a" } };
    expect(() => discover(both)).toThrow("a remote must have exactly one address, but this one sets name and address");
  });

  it("is not one that a variable names with nothing", () => {
    const empty = { ...bare, INCUS_SOCKET: "", INCUS_DIR: "", INCUS_REMOTE: "", LXD_SOCKET: "/ls" };
    expect(discover({ ...nowhere, config: { socket: "" }, env: empty })).toMatchObject({ socket: "/ls" });
  });

  it("that a place names is taken even if nothing is there, so that the error speaks of it", () => {
    expect(discover({ ...nowhere, env: { ...bare, INCUS_SOCKET: "/gone" } })).toMatchObject({ socket: "/gone" });
  });

  it("that is nowhere is an error that lists every place", () => {
    expect(() => discover(nowhere)).toThrow(
      "no LXD or Incus daemon was found; looked, in this order, at the resource's remote, " +
        "stack config lxd:remote, stack config lxd:socket, stack config lxd:address, " +
        "INCUS_REMOTE, INCUS_SOCKET, INCUS_DIR, LXC_REMOTE, LXD_SOCKET, LXD_DIR, " +
        "/run/incus/unix.socket, /var/lib/incus/unix.socket, " +
        "/var/snap/lxd/common/lxd/unix.socket, /var/lib/lxd/unix.socket, " +
        "the default remote of `incus`, the default remote of `lxc` [unavailable]\n" +
        "Start a daemon, or name one with `pulumi config set lxd:socket PATH`, `lxd:remote NAME` or `lxd:address https://HOST:8443`.",
    );
  });
});

describe("the project of resources that name none", () => {
  const incus = { ...bare, HOME: home, INCUS_PROJECT: "variable" };
  const projectAt = (around: Partial<Surroundings>): string | undefined =>
    discover({ env: incus, exists: () => false, ...around }).project;
  const user = `user-${process.geteuid?.()}`;
  const isUser = { env: bare, isWritable: (path: string) => path.endsWith(".user") };

  it("is that of INCUS_PROJECT where `incus` would look too, before what its remote says", () => {
    expect(projectAt({ env: { ...incus, INCUS_SOCKET: "/is" } })).toBe("variable");
    expect(projectAt({ exists: (path) => path.startsWith("/run/incus/") })).toBe("variable");
    expect(projectAt({ env: { ...incus, INCUS_REMOTE: "far" } })).toBe("variable");
    expect(projectAt({ env: { ...incus, INCUS_REMOTE: "far", INCUS_PROJECT: "" } })).toBe("shop");
    expect(projectAt({ env: { ...incus, INCUS_PROJECT: "" } })).toBe("shop");
  });

  it("is not for a server that the program, the stack or a variable of LXD names", () => {
    expect(projectAt({ explicit: { name: "far" } })).toBe("shop");
    expect(projectAt({ config: { remote: "far" } })).toBe("shop");
    expect(projectAt({ config: { socket: "/config" } })).toBeUndefined();
    expect(projectAt({ env: { ...incus, LXD_SOCKET: "/ls" } })).toBeUndefined();
  });

  it("is the user's own on the socket that is for users, which those use who may not use the other", () => {
    const exists = (path: string): boolean => path.startsWith("/var/lib/incus/");
    const own = { socket: "/var/lib/incus/unix.socket.user", project: user };
    expect(discover({ ...isUser, exists })).toMatchObject(own);
    expect(discover({ ...isUser, exists: (path) => path === own.socket })).toMatchObject(own);
    expect(
      discover({ ...isUser, exists, explicit: { name: "incus:local" }, env: { ...bare, HOME: home } }),
    ).toMatchObject(own);
    expect(discover({ ...isUser, env: { ...bare, INCUS_DIR: "/id" } })).toMatchObject({
      socket: "/id/unix.socket.user",
      project: user,
    });
    expect(discover({ ...isUser, exists, env: { ...bare, INCUS_PROJECT: "variable" } }).project).toBe("variable");
    expect(discover({ ...isUser, config: { socket: "/my/unix.socket.user" } }).project).toBe(user);
    const nobody = { env: bare, exists, isWritable: () => false };
    expect(discover(nobody)).toMatchObject({ socket: "/var/lib/incus/unix.socket" });
  });
});

describe("credentials", () => {
  const config = {
    address: "stack:1",
    clientCertificate: "stack's",
    clientKey: "stack's",
    bearerToken: "stack's",
    serverCertificateFingerprint: "stack's",
  };
  const credentialsFor = (explicit: Surroundings["explicit"]): unknown => {
    const location = discover({ env: bare, explicit, config });
    return "socket" in location ? {} : location.credentials;
  };

  it("of the stack are for the stack's server", () => expect(credentialsFor(undefined)).toEqual(config));

  it("of another server are its own, and the stack's token and pin are not", () => {
    const theirs = credentialsFor({ address: "other:1" });
    expect(theirs).toMatchObject({ clientCertificate: "stack's", clientKey: "stack's" });
    expect(theirs).not.toHaveProperty("bearerToken");
    expect(theirs).not.toHaveProperty("serverCertificateFingerprint");
    const own = credentialsFor({ address: "other:1", clientKey: "own" });
    expect(own).toMatchObject({ clientKey: "own", clientCertificate: undefined });
  });
});
