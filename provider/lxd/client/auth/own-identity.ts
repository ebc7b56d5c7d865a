// The client certificate that this package generates once, for users with a trust token and no other certificate.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { LxdError } from "../../../base/errors";
import { type Environment, homeOf } from "../discovery/cli-config";
import { selfSignedClient } from "./self-signed";

export interface IdentityFiles {
  certificate: string;
  key: string;
}

/**
 * Directory in the user's configuration directory, unless a variable overrides it; undefined for a user without a home
 * directory.
 */
function ownFolder(env: Environment): string | undefined {
  if (env["PULUMI_LXD_HOME"]) return env["PULUMI_LXD_HOME"];
  const home = homeOf(env);
  const base = env["XDG_CONFIG_HOME"] || env["APPDATA"] || (home === undefined ? undefined : join(home, ".config"));
  return base === undefined ? undefined : join(base, "pulumi-lxd");
}

/** Returns the paths of certificate and key, whether or not they exist. */
export function ownFiles(env: Environment): IdentityFiles | undefined {
  const folder = ownFolder(env);
  if (folder === undefined) return undefined;
  return { certificate: join(folder, "client", "client.crt"), key: join(folder, "client", "client.key") };
}

/** Returns the existing files, or generates new ones. If several processes do so at once, all get the same files. */
export function makeOwnIdentity(env: Environment): IdentityFiles {
  const files = ownFiles(env);
  if (files === undefined) throw homeless("there is no home folder");
  if (!areThere(files)) makeIn(dirname(files.key));
  return files;
}

export function areThere({ certificate, key }: IdentityFiles): boolean {
  return existsSync(certificate) && existsSync(key);
}

/** Renames a complete directory into place, so that nobody sees half of the pair and nothing is overwritten. */
function makeIn(folder: string): void {
  let temporary: string | undefined;
  try {
    mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
    temporary = mkdtempSync(`${folder}-`);
    const { clientCertificate, clientKey } = selfSignedClient(whoami());
    // Flushed to disk before the token is used: without its key, the trusted certificate would be useless.
    writeFileSync(join(temporary, "client.key"), clientKey, { mode: 0o600, flush: true });
    writeFileSync(join(temporary, "client.crt"), clientCertificate, { mode: 0o600, flush: true });
    renameSync(temporary, folder);
  } catch (error) {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
    if (areThere({ certificate: join(folder, "client.crt"), key: join(folder, "client.key") })) return;
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (!["ENOTEMPTY", "EEXIST", "EPERM"].includes(code) || !existsSync(folder)) throw homeless(message);
    const why = `${folder} contains only one of client.crt and client.key, and existing files are not overwritten`;
    throw new LxdError({ code: "failed", why, advice: "Restore the missing file, or remove the folder." });
  }
}

function homeless(reason: string): LxdError {
  return new LxdError({
    code: "failed",
    why: `the trust token requires a new client certificate, which cannot be stored: ${reason}`,
    advice:
      "Set `PULUMI_LXD_HOME` to a persistent folder, or set lxd:clientCertificate and lxd:clientKey (`incus remote generate-certificate` creates both).",
  });
}

/** The same form that the command line clients use. */
function whoami(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // In a container, the user may have no name.
    return `pulumi-lxd@${hostname()}`;
  }
}

/**
 * Returns the permissions of a key as `ls -l` shows them; undefined if only the owner can read it, or if the system
 * does not tell.
 */
export function opennessOf(key: string): string | undefined {
  if (process.platform === "win32") return undefined;
  const mode = statSync(key).mode & 0o777;
  return (mode & 0o077) === 0 ? undefined : mode.toString(8).padStart(4, "0");
}

/** A generated key is private unless somebody changed its permissions; like ssh, this client then refuses to use it. */
export function requirePrivate({ key }: IdentityFiles): void {
  const mode = opennessOf(key);
  if (mode === undefined) return;
  throw new LxdError({
    code: "permission-denied",
    why: `users other than its owner can read the client key ${key} (its mode is ${mode})`,
    advice: `Run \`chmod 600 ${key}\`. If another user may have read it, remove ${dirname(key)} and enroll again with a trust token.`,
  });
}
