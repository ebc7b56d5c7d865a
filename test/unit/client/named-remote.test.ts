// Servers by the names that the command lines have for them, and what is told of those that cannot be used.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resolveCredentials } from "../../../provider/lxd/client/auth/credentials";
import { discover } from "../../../provider/lxd/client/discovery/discovery";
import { namedRemote } from "../../../provider/lxd/client/discovery/named-remote";
import { fingerprintOf } from "../../../provider/lxd/client/auth/pem";
import { selfSigned } from "../content/url/certificate";
import { writeCliConfig } from "./cli-home";

let home = "";
let env: Record<string, string> = {};
let incus = "";
let lxc = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "pulumi-lxd-remotes-"));
  env = { HOME: home, INCUS_GLOBAL_CONF: join(home, "etc"), LXD_GLOBAL_CONF: join(home, "etc") };
  incus = join(home, ".config/incus");
  lxc = join(home, "snap/lxd/common/config");
});
afterEach(() => rmSync(home, { recursive: true }));

const client = selfSigned();
const target = (name: string) => ({
  ...resolveCredentials(discover({ explicit: { name }, env, exists: () => false }), env),
  namedBy: undefined,
});

describe("a remote of a command line", () => {
  it("is found with its addresses, the last good one first, its project and its files", () => {
    const addr = "https://a:8443,https://b:8443, https://c:8443";
    const build = { addr, last_working_address: "https://b:8443", project: "shop", protocol: "incus" };
    const server = selfSigned();
    const files = { "servercerts/build.crt": server.cert, "client.crt": client.cert, "client.key": client.key };
    writeCliConfig(incus, { remotes: { build }, files });
    expect(namedRemote("build", env)).toMatchObject({ cli: "incus", project: "shop", usesOidc: false });
    expect(target("build")).toMatchObject({
      addresses: ["https://b:8443", "https://c:8443", "https://a:8443"],
      fingerprint: fingerprintOf(server.cert, ""),
      pinnedBy: join(incus, "servercerts/build.crt"),
      clientCertificate: client.cert,
      clientKey: client.key,
    });
  });

  it("is found in the snap of LXD, in the folder that a variable names, and in the machine's own settings", () => {
    writeCliConfig(lxc, { remotes: { snapped: { addr: "https://s:1" } } });
    expect(namedRemote("snapped", env).addresses).toEqual(["https://s:1"]);
    writeCliConfig(join(home, "elsewhere"), { remotes: { moved: { addr: "https://m:1" } } });
    expect(namedRemote("moved", { ...env, LXD_CONF: join(home, "elsewhere") }).cli).toBe("lxc");
    writeCliConfig(join(home, "etc"), {
      remotes: { all: { addr: "https://all:1" }, snapped: { addr: "https://no:1" } },
    });
    writeCliConfig(incus, { remotes: {} });
    expect(namedRemote("incus:all", env)).toMatchObject({ addresses: ["https://all:1"], folder: incus });
    expect(namedRemote("lxc:snapped", env).addresses).toEqual(["https://s:1"]);
  });

  it("has a certificate and a key of its own, where the command line keeps one for it", () => {
    const own = selfSigned();
    const files = { "client.crt": client.cert, "client.key": client.key };
    const special = { "clientcerts/b.crt": own.cert, "clientcerts/b.key": own.key, "clientcerts/b.ca": client.cert };
    const remotes = { a: { addr: "https://a:1" }, b: { addr: "https://b:1" } };
    writeCliConfig(incus, { remotes, files: { ...files, ...special } });
    expect(target("a")).toMatchObject({ clientKey: client.key, certificateAuthority: undefined });
    expect(target("b")).toMatchObject({ clientKey: own.key, certificateAuthority: client.cert });
  });

  it("may be a socket", () => {
    writeCliConfig(incus, { remotes: { here: { addr: "unix:///run/x.socket" } } });
    expect(target("here")).toEqual({ socket: "/run/x.socket" });
    expect(target("local")).toEqual({ socket: "/var/lib/incus/unix.socket" });
    env["INCUS_SOCKET"] = "/is";
    expect(target("local")).toEqual({ socket: "/is" });
  });

  it("with OIDC shows no certificate", () => {
    const files = { "client.crt": client.cert, "client.key": client.key };
    writeCliConfig(incus, { remotes: { sso: { addr: "https://sso:1", auth_type: "oidc" } }, files });
    expect(target("sso")).toEqual({
      addresses: ["https://sso:1"],
      certificateAuthority: undefined,
      oidc: { cli: "incus", name: "sso", folder: incus },
    });
  });
});

describe("a remote that cannot be used", () => {
  it("is unknown: the nearest is named", () => {
    expect(() => namedRemote("buidl", env)).toThrow(
      'neither `incus` nor `lxc` has a remote "buidl"; there are: none (neither `incus` nor `lxc` has a config.yml here)',
    );
    writeCliConfig(incus, { remotes: { build: { addr: "https://a" }, images: { addr: "https://i", public: true } } });
    expect(() => namedRemote("buidl", env)).toThrow(`did you mean "build"? (read ${incus}/config.yml) [not-found]`);
    expect(() => namedRemote("production", env)).toThrow("; there are: build, local (read");
  });

  it.each([{ protocol: "simplestreams" }, { protocol: "oci" }, { public: true }])(
    "is an image server: %j",
    (fields) => {
      writeCliConfig(incus, { remotes: { images: { addr: "https://images.example.org", ...fields } } });
      expect(() => namedRemote("images", env)).toThrow(
        'the remote "images" is an image server (https://images.example.org), which runs no instances',
      );
    },
  );

  it("is one of both command lines, and not the same", () => {
    writeCliConfig(incus, { remotes: { a: { addr: "https://a:1" }, same: { addr: "https://s:1" } } });
    writeCliConfig(lxc, { remotes: { a: { addr: "https://b:1" }, same: { addr: "https://s:1" } } });
    expect(() => namedRemote("a", env)).toThrow('Use "incus:a" or "lxc:a".');
    expect(() => namedRemote("local", env)).toThrow('Use "incus:local" or "lxc:local".');
    expect(namedRemote("lxc:a", env).addresses).toEqual(["https://b:1"]);
    expect(namedRemote("same", env).cli).toBe("incus");
  });

  it("is in a file that is no YAML, or means something else", () => {
    mkdirSync(incus, { recursive: true });
    writeFileSync(join(incus, "config.yml"), "remotes: [\n");
    expect(() => namedRemote("a", env)).toThrow(`${incus}/config.yml cannot be read`);
    writeFileSync(join(incus, "config.yml"), "remotes:\n  a: 5\n");
    expect(() => namedRemote("a", env)).toThrow(`${incus}/config.yml cannot be parsed: remotes.a`);
    writeFileSync(join(incus, "config.yml"), "remotes: !!js/function 'function () {}'\n");
    expect(() => namedRemote("a", env)).toThrow(`${incus}/config.yml cannot be read`);
    writeFileSync(join(incus, "config.yml"), "");
    expect(namedRemote("local", env).addresses).toEqual(["unix://"]);
  });
});
