// Reads the remotes of the command line clients `incus` and `lxc` from their `config.yml`.
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { LxdError } from "../../../base/errors";
import { parseYaml } from "../../../base/yaml";

export type Cli = "incus" | "lxc";
export type Environment = Record<string, string | undefined>;

/** A remote of a command line client. */
export interface CliRemote {
  cli: Cli;
  name: string;
  /**
   * `unix://`, `unix:///PATH` or `https://HOST:PORT`; several for the members of a cluster, starting with the one that
   * worked last.
   */
  addresses: string[];
  usesOidc: boolean;
  isImageServer: boolean;
  project: string | undefined;
  /** Directory with the command line client's own certificate and key. */
  folder: string;
  /** File of the server's certificate, if it was accepted by its fingerprint when the remote was added. */
  serverCertificate: string | undefined;
}

export interface CliConfig {
  cli: Cli;
  file: string;
  defaultRemote: string | undefined;
  remotes: CliRemote[];
}

/** Returns the directories in which a command line client may keep its settings; a variable overrides all others. */
export function cliFolders(cli: Cli, env: Environment): string[] {
  const named = env[cli === "incus" ? "INCUS_CONF" : "LXD_CONF"];
  if (named) return [named];
  const home = homeOf(env);
  const inHome = (...paths: string[]): string[] => (home === undefined ? [] : paths.map((path) => join(home, path)));
  if (cli === "lxc") return inHome(".config/lxc", "snap/lxd/common/config");
  // Incus follows the system's conventions, and migrates settings of older versions from ~/.config.
  const base = env["XDG_CONFIG_HOME"] || env["APPDATA"];
  return [...(base ? [join(base, "incus")] : []), ...inHome(".config/incus", "Library/Application Support/incus")];
}

/** Undefined if neither HOME nor the system knows the user's home directory, as in some containers. */
export function homeOf(env: Environment): string | undefined {
  if (env["HOME"]) return env["HOME"];
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}

/** Returns the settings of each command line client that has any on this machine. */
export function cliConfigs(env: Environment): CliConfig[] {
  return (["incus", "lxc"] as const).flatMap((cli) => {
    const folder = cliFolders(cli, env).find((each) => existsSync(join(each, "config.yml")));
    const global = globalFolder(cli, env);
    const shared = existsSync(join(global, "config.yml")) ? [readConfig(cli, global)] : [];
    const own = folder === undefined ? [] : [readConfig(cli, folder)];
    return own.length + shared.length === 0 ? [] : [merge(own[0], shared[0])];
  });
}

function globalFolder(cli: Cli, env: Environment): string {
  return cli === "incus" ? env["INCUS_GLOBAL_CONF"] || "/etc/incus" : env["LXD_GLOBAL_CONF"] || "/etc/lxd";
}

/** The user's own remotes have precedence over those that the administrator has configured for all users. */
function merge(own: CliConfig | undefined, shared: CliConfig | undefined): CliConfig {
  const first = own ?? shared;
  if (first === undefined) throw new Error("nothing to merge");
  if (own === undefined || shared === undefined) return first;
  const added = shared.remotes.filter(({ name }) => own.remotes.every((remote) => remote.name !== name));
  const folder = own.file.slice(0, -"/config.yml".length);
  return { ...own, remotes: [...own.remotes, ...added.map((remote) => ({ ...remote, folder }))] };
}

const remoteSchema = z.object({
  addr: z.string(),
  last_working_address: z.string().optional(),
  auth_type: z.string().optional(),
  project: z.string().optional(),
  protocol: z.string().optional(),
  public: z.boolean().optional(),
});

const configSchema = z.object({
  "default-remote": z.string().optional(),
  remotes: z.record(z.string(), remoteSchema).nullish(),
});

function readConfig(cli: Cli, folder: string): CliConfig {
  const file = join(folder, "config.yml");
  const parsed = configSchema.safeParse(load(file));
  if (!parsed.success) {
    const why = `${file} cannot be parsed: ${parsed.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`).join("; ")}`;
    throw new LxdError({ code: "invalid-argument", why, advice: `See whether \`${cli} remote list\` can read it.` });
  }
  const remotes = Object.entries(parsed.data.remotes ?? {}).map(([name, wire]) =>
    toRemote({ cli, folder, name }, wire),
  );
  // The remote `local` always exists, even if the file does not contain it.
  const all = remotes.some(({ name }) => name === "local")
    ? remotes
    : [...remotes, toRemote({ cli, folder, name: "local" }, { addr: "unix://" })];
  return { cli, file, defaultRemote: parsed.data["default-remote"], remotes: all };
}

function toRemote(
  { cli, folder, name }: { cli: Cli; folder: string; name: string },
  wire: z.output<typeof remoteSchema>,
): CliRemote {
  const addresses = wire.addr.split(",").map((each) => each.trim());
  const last = addresses.indexOf(wire.last_working_address ?? "");
  const serverCertificate = join(folder, "servercerts", `${name}.crt`);
  return {
    cli,
    name,
    // The command line client tries the addresses as a ring, starting with the last good one.
    addresses: last < 0 ? addresses : [...addresses.slice(last), ...addresses.slice(0, last)],
    usesOidc: wire.auth_type === "oidc",
    isImageServer: wire.public === true || ["simplestreams", "oci"].includes(wire.protocol ?? ""),
    project: wire.project || undefined,
    folder,
    serverCertificate: existsSync(serverCertificate) ? serverCertificate : undefined,
  };
}

function load(file: string): unknown {
  try {
    // An empty file is valid.
    return parseYaml(readFileSync(file, "utf8")) ?? {};
  } catch (error) {
    const why = `${file} cannot be read: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`;
    throw new LxdError({ code: "invalid-argument", why, advice: "Correct it, or name the server by its address." });
  }
}
