// `pulumi-lxd import`: writes the program that takes over what exists on a daemon already.
import { parseArgs } from "node:util";
import { listPools } from "../provider/lxd/api/storage/pools";
import { listIsoVolumes } from "../provider/lxd/api/storage/volumes";
import { describeServer, requireExtension } from "../provider/lxd/client/discovery/server-info";
import { LxdError } from "../provider/base/errors";
import { isoVolumeProgram } from "./iso-volume-program";
import { type Command } from "./command";
import { daemonHelp, daemonOf, daemonOptions, type DaemonValues, projectIn } from "./which-daemon";

const help = `Usage: pulumi-lxd import iso-volumes [options]

Writes to standard output a TypeScript program that takes over the ISO volumes of a daemon. Run as it stands it
changes nothing there. Give a volume a \`source\` (and \`trustContent: true\`) to have its content managed too.

Options:
  --pool POOL        only this storage pool     (default: all pools)
  --project PROJECT  the project on the server  (default: as in a program, without a stack's config)
${daemonHelp}
  -h, --help         this text`;

const options = {
  pool: { type: "string" },
  project: { type: "string" },
  ...daemonOptions,
  help: { type: "boolean", short: "h", default: false },
} as const;

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, strict: true, allowPositionals: true });
  if (values.help) {
    console.log(help);
    return 0;
  }
  if (positionals.length !== 1 || positionals[0] !== "iso-volumes") {
    console.error(`Specify what to import: iso-volumes.\n\n${help}`);
    return 2;
  }
  const { program, skipped } = await write(values);
  console.log(program);
  for (const why of skipped) console.error(`Left out: ${why}`);
  return 0;
}

async function write({ pool, ...where }: DaemonValues & { pool?: string; project?: string }): Promise<{
  program: string;
  skipped: string[];
}> {
  const client = daemonOf(where);
  const project = projectIn(where);
  const info = await client.info();
  requireExtension(info, "custom_volume_iso", "ISO volumes");
  const pools = (await listPools(client)).map((each) => each.name);
  if (pool !== undefined && !pools.includes(pool)) {
    const advice = `Pools here are: ${pools.join(", ") || "none"}.`;
    throw new LxdError({ code: "not-found", why: `there is no storage pool "${pool}"`, advice });
  }
  const volumes = [];
  for (const each of pool === undefined ? pools : [pool]) {
    for (const volume of await listIsoVolumes(client, { project, pool: each })) volumes.push({ pool: each, volume });
  }
  return isoVolumeProgram({ server: describeServer(info), project, volumes });
}

export const importCommand: Command = { summary: "write the program that takes over what exists already", run };
