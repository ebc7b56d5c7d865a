// Finds a server by its remote name in the command line client `incus` or `lxc`.
import { LxdError } from "../../../base/errors";
import { nearest } from "../../../base/nearest";
import { cliConfigs, type CliRemote, type Environment } from "./cli-config";

/** Accepts `NAME`, or `incus:NAME` or `lxc:NAME` if both command line clients have a remote of that name. */
export function namedRemote(text: string, env: Environment): CliRemote {
  const [, cli, name = text] = /^(incus|lxc):(.+)$/.exec(text) ?? [];
  const configs = cliConfigs(env).filter((config) => cli === undefined || config.cli === cli);
  const all = configs.flatMap(({ remotes }) => remotes);
  const called = all.filter((remote) => remote.name === name);
  const servers = called.filter(({ isImageServer }) => !isImageServer);
  const [found, other] = servers;
  if (found === undefined) throw called[0] === undefined ? unknownRemote(text, all, env) : imageServer(text, called[0]);
  if (other !== undefined && found.addresses.join() !== other.addresses.join()) throw ambiguous(name);
  // The same address in both means the same server, except for sockets, because each product has its own.
  if (other !== undefined && found.addresses[0]?.startsWith("unix:") === true) throw ambiguous(name);
  return found;
}

function unknownRemote(name: string, all: CliRemote[], env: Environment): LxdError {
  const names = [...new Set(all.filter(({ isImageServer }) => !isImageServer).map((remote) => remote.name))];
  const near = nearest(name, names);
  const hint = near === undefined ? `; there are: ${names.join(", ") || "none"}` : `; did you mean "${near}"?`;
  const files = cliConfigs(env).map(({ file }) => file);
  const where = files.length === 0 ? "neither `incus` nor `lxc` has a config.yml here" : `read ${files.join(" and ")}`;
  return new LxdError({
    code: "not-found",
    why: `neither \`incus\` nor \`lxc\` has a remote "${name}"${hint} (${where})`,
    advice: `Add it with \`incus remote add ${name} ADDRESS\`, or name the server with \`lxd:address\`.`,
  });
}

function imageServer(name: string, { addresses }: CliRemote): LxdError {
  return new LxdError({
    code: "invalid-argument",
    why: `the remote "${name}" is an image server (${addresses.join(", ")}), which runs no instances`,
    advice: `Name an Incus or LXD server here; images come from there with \`source: { server: "${addresses[0] ?? ""}", … }\`.`,
  });
}

function ambiguous(name: string): LxdError {
  return new LxdError({
    code: "invalid-argument",
    why: `both \`incus\` and \`lxc\` have a remote "${name}", of different servers`,
    advice: `Use "incus:${name}" or "lxc:${name}".`,
  });
}
