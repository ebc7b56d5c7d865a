// The client certificate that is made for a trust token: what it is, where it is kept, and who is in the way.
import { X509Certificate } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type * as Os from "node:os";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { cliFolders } from "../../../provider/lxd/client/discovery/cli-config";
import { findIdentity, makeIdentity } from "../../../provider/lxd/client/auth/identity";
import { type KnownIdentity } from "../../../provider/lxd/client/auth/identity";
import { makeOwnIdentity, ownFiles } from "../../../provider/lxd/client/auth/own-identity";
import { fingerprintOf } from "../../../provider/lxd/client/auth/pem";
import { selfSignedClient } from "../../../provider/lxd/client/auth/self-signed";
import { selfSigned } from "../content/url/certificate";
import { writeCliConfig } from "./cli-home";

const surroundings = vi.hoisted(() => ({ isHomeless: false, meanwhile: (): void => undefined }));
vi.mock("node:os", async (original) => {
  const os = await original<typeof Os>();
  const homedir = (): string => {
    if (surroundings.isHomeless) throw new Error("ENOENT: no such user");
    return os.homedir();
  };
  // Asked for between the look at what is there and the making of it.
  const hostname = (): string => {
    surroundings.meanwhile();
    return os.hostname();
  };
  return { ...os, homedir, hostname };
});

let home = "";
let env: Record<string, string> = {};
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "pulumi-lxd-own-"));
  env = { HOME: home };
});
afterEach(() => {
  Object.assign(surroundings, { isHomeless: false, meanwhile: () => undefined });
  rmSync(home, { recursive: true });
});

const shown = (identity: KnownIdentity | undefined): string | undefined =>
  identity && fingerprintOf(identity.clientCertificate, "");
const folder = (): string => join(home, ".config/pulumi-lxd");

describe("a client certificate", () => {
  it("is of its key, for clients, valid since yesterday and for ten years", () => {
    const { clientCertificate } = makeIdentity(env);
    const certificate = new X509Certificate(clientCertificate);
    expect([certificate.ca, certificate.verify(certificate.publicKey)]).toEqual([false, true]);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    const days = (date: string): number => Math.round((Date.parse(date) - Date.now()) / 86_400_000);
    expect([days(certificate.validFrom), days(certificate.validTo)]).toEqual([-1, 3650]);
    expect(new X509Certificate(selfSignedClient("x".repeat(100)).clientCertificate).subject).toBe(
      `CN=${"x".repeat(64)}`,
    );
  });

  it("is made once, and of two that are made at once the first stays", () => {
    surroundings.meanwhile = () => {
      surroundings.meanwhile = () => undefined;
      makeOwnIdentity(env);
    };
    const made = makeIdentity(env);
    expect(shown(makeIdentity(env))).toBe(shown(made));
    expect(readdirSync(folder())).toEqual(["client"]);
  });

  it("is in the folder that a variable names, or in that for settings", () => {
    expect(ownFiles({ ...env, PULUMI_LXD_HOME: "/own" })?.key).toBe("/own/client/client.key");
    expect(ownFiles({ ...env, XDG_CONFIG_HOME: "/xdg" })?.key).toBe("/xdg/pulumi-lxd/client/client.key");
    expect(ownFiles(env)?.certificate).toBe(join(folder(), "client/client.crt"));
  });

  it("of ours is shown to an address, even if a command line is installed later, whose own is for its remotes", () => {
    const files = (["incus", "lxc"] as const).map((name) => ({ name, ...selfSigned() }));
    const [theirs] = files.map(({ cert, key }) => ({ "client.crt": cert, "client.key": key }));
    expect(findIdentity({}, undefined, env)).toBeUndefined();
    const own = shown(makeIdentity(env));
    writeCliConfig(join(home, ".config/incus"), { remotes: {}, files: theirs ?? {} });
    expect(shown(findIdentity({}, undefined, env))).toBe(own);
    const remote = { cli: "incus", name: "a", addresses: [], usesOidc: false, isImageServer: false } as const;
    const inFolder = (cli: string) => ({ ...remote, project: undefined, serverCertificate: undefined, folder: cli });
    const known = findIdentity({}, inFolder(join(home, ".config/incus")) as never, env);
    expect(shown(known)).toBe(fingerprintOf(files[0]?.cert ?? "", ""));
    expect(shown(findIdentity({}, inFolder("/nowhere") as never, env))).toBe(own);
  });
});

describe("what is in the way", () => {
  it("is never overwritten", () => {
    const { key } = ownFiles(env) ?? { key: "" };
    mkdirSync(dirname(key), { recursive: true });
    writeFileSync(key, "half");
    expect(() => makeIdentity(env)).toThrow(
      "contains only one of client.crt and client.key, and existing files are not",
    );
    expect([readFileSync(key, "utf8"), readdirSync(folder())]).toEqual(["half", ["client"]]);
  });

  it("may be that there is no home folder, which is no trouble until a key is to be kept", () => {
    surroundings.isHomeless = true;
    expect([cliFolders("lxc", {}), ownFiles({})]).toEqual([[], undefined]);
    expect(() => makeIdentity({})).toThrow(
      /cannot be stored: there is no home folder \[failed\]\nSet `PULUMI_LXD_HOME` to a persistent folder/,
    );
    expect(makeIdentity({ PULUMI_LXD_HOME: home })).toMatchObject({ isOwn: true });
  });
});
