// `pulumi-lxd import`: writes a program that adopts existing objects of a server.
import { listPools } from "../provider/lxd/api/storage/pools";
import { listIsoVolumes } from "../provider/lxd/api/storage/volumes";
import { describeServer, requireExtension } from "../provider/lxd/client/discovery/server-info";
import { LxdError } from "../provider/base/errors";
import { type Input, type Outcome } from "./command";
import { define } from "./define";
import { isoVolumeProgram, type IsoVolumeProgram } from "./iso-volume-program";
import { type Output } from "./output";
import { daemonOf, projectIn, projectOptions } from "./which-daemon";

/**
 * Objects that only a program can import, by the words that people use for them: the class and the form of its import
 * ID.
 */
const byProgram: Record<string, readonly [string, string]> = {
  image: ["Image", "PROJECT/FINGERPRINT or PROJECT/ALIAS"],
  instance: ["Instance", "PROJECT/NAME"],
  container: ["Instance", "PROJECT/NAME"],
  "virtual-machine": ["Instance", "PROJECT/NAME"],
  snapshot: ["InstanceSnapshot", "PROJECT/INSTANCE/SNAPSHOT"],
  "instance-snapshot": ["InstanceSnapshot", "PROJECT/INSTANCE/SNAPSHOT"],
  volume: ["StorageVolume", "PROJECT/POOL/NAME"],
  "storage-volume": ["StorageVolume", "PROJECT/POOL/NAME"],
  profile: ["Profile", "PROJECT/NAME"],
  network: ["Network", "PROJECT/NAME"],
  project: ["Project", "NAME"],
  pool: ["StoragePool", "NAME"],
  "storage-pool": ["StoragePool", "NAME"],
};

function instead(): Record<string, string> {
  const entries = Object.entries(byProgram).flatMap(([word, [type, id]]) => {
    const sentence =
      `Only ISO volumes are imported by this command. ` +
      `Declare a resource of the class ${type} as it is on the server, with the option { import: "${id}" }; ` +
      `\`pulumi preview\` lists what differs.`;
    return [word, `${word}s`].map((each) => [each, sentence] as const);
  });
  return Object.fromEntries(entries);
}

const about = `Writes to standard output a TypeScript program that adopts the ISO volumes of a daemon. Run unchanged, it changes nothing there. The volumes are protected, as with \`pulumi import\`: remove \`protect: true\` to let \`pulumi destroy\` delete them. Give a volume a \`source\` (and \`trustContent: true\`) to have its content managed too.
Nothing else is written for you: declare images, instances, snapshots, storage volumes, profiles, networks, projects and storage pools in a program, each with the resource option \`import\`. \`pulumi preview\` then lists what differs. The command \`pulumi import\` does not work, since Pulumi has it for packaged providers only.`;

const options = {
  pool: { type: "string", placeholder: "POOL", help: "only this storage pool (default: all pools)" },
  ...projectOptions,
} as const;

type Values = Input<typeof options>["values"];

async function run({ values }: Input<typeof options>, output: Output): Promise<Outcome> {
  const { server, project, ...written } = await write(values);
  output.print(written.program);
  for (const { pool, name, reason } of written.skipped) output.note(`Left out: ${project}/${pool}/${name}: ${reason}`);
  return { json: { server, project, ...written } };
}

async function write({ pool, ...where }: Values): Promise<IsoVolumeProgram & { server: string; project: string }> {
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
  const server = describeServer(info);
  return { server, project, ...isoVolumeProgram({ server, project, volumes }) };
}

export const importCommand = define({
  name: "import",
  summary: "write the program that takes over what exists already",
  about,
  arguments: [{ name: "WHAT", choices: ["iso-volumes"], instead: instead() }],
  options,
  json: "{ server, project, volumes, skipped, program }",
  run,
});
