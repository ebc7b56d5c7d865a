// What the command line prints with secrets in its surroundings: settings, remotes, logins, proxies.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { doctorCommand } from "../../../cli/doctor/doctor";
import { exportCommand } from "../../../cli/export";
import { publishStreamsCommand } from "../../../cli/publish-streams";
import { runCommand } from "../../contract/harness/command";
import { writeCliConfig } from "../client/cli-home";

let home = "";
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "pulumi-lxd-cli-secrets-"));
  for (const name of ["INCUS_SOCKET", "LXD_SOCKET", "INCUS_DIR", "LXD_DIR", "https_proxy", "no_proxy", "NO_PROXY"])
    vi.stubEnv(name, undefined);
  vi.stubEnv("HOME", home);
  vi.stubEnv("INCUS_CONF", join(home, "incus"));
  vi.stubEnv("PATH", home);
  vi.stubEnv("PULUMI_LXD_STACK", "{}");
  // In place of the Pulumi CLI, whose config the tests say.
  const pulumi = `#!/bin/sh\n[ "$1" = version ] && { echo v3; exit; }\nprintf %s "$PULUMI_LXD_STACK"\n`;
  await writeFile(join(home, "pulumi"), pulumi, { mode: 0o755 });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(home, { recursive: true });
});

/** Everything that the commands print, which all end with an error. */
async function printed(...place: string[]): Promise<string> {
  const all = [
    await runCommand(doctorCommand, ...place),
    await runCommand(doctorCommand, "--json", ...place),
    await runCommand(exportCommand, "image", "any", "--to", home, ...place),
    await runCommand(publishStreamsCommand, join(home, "streams"), ...place),
  ];
  expect(all.map(({ code }) => code)).toEqual([1, 1, 1, 1]);
  return JSON.stringify(all);
}

// Nobody listens there.
const nowhere = "127.0.0.1:1";
const known = { serverCertificateFingerprint: "a".repeat(64) };

describe("the command line prints no secret", () => {
  it("of a proxy", async () => {
    vi.stubEnv("HTTPS_PROXY", `http://me:planted@${nowhere}`);
    const out = await printed("--address", "https://incus.example.org:8443");
    expect(out).toContain(`the proxy http://${nowhere} cannot be reached`);
    expect(out).not.toContain("planted");
  });

  it("of an address with a password that no server wants", async () => {
    const out = await printed("--address", `https://me:planted@${nowhere}`);
    expect(out).toContain(nowhere);
    expect(out).not.toContain("planted");
  });

  it("of a remote and its login", async () => {
    const login = JSON.stringify({ access_token: "planted-access", refresh_token: "planted-refresh" });
    const files = { "oidctokens/far.json": login, "servercerts/far.crt": "planted-certificate" };
    const far = { addr: `https://me:planted@${nowhere}`, auth_type: "oidc" };
    writeCliConfig(join(home, "incus"), { remotes: { far }, files });
    const out = await printed("--remote", "far");
    expect(out).toContain("far");
    expect(out).not.toContain("planted");
  });

  it("of a config.yml that nobody can read", async () => {
    writeCliConfig(join(home, "incus"), { remotes: { far: { addr: 'https://me:planted@host" "planted: [' } } });
    const out = await printed("--remote", "far");
    expect(out).toContain("config.yml");
    expect(out).not.toContain("planted");
  });

  it.each([
    ["bearerToken", { address: nowhere, bearerToken: "planted token", ...known }],
    ["trustToken", { address: nowhere, trustToken: "planted", ...known }],
    ["clientKey", { address: nowhere, clientCertificate: "planted", clientKey: "-----BEGIN X-----\nplanted\n" }],
    ["address", { address: `https://me:planted@${nowhere}` }],
  ])("of the stack's %s", async (_, settings) => {
    const entries = Object.entries(settings).map(([key, value]) => [`lxd:${key}`, { value }]);
    vi.stubEnv("PULUMI_LXD_STACK", JSON.stringify(Object.fromEntries(entries)));
    const { code, out, err } = await runCommand(doctorCommand);
    expect(code).toBe(1);
    expect(out).toContain("stack config lxd:address");
    expect(out + err).not.toContain("planted");
  });
});
