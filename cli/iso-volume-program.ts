// Writes the TypeScript program that takes over ISO volumes as they are.
import { type WireVolume } from "../provider/lxd/api/storage/volumes";
import { volumeName } from "../provider/kind/schema";

export interface Existing {
  server: string;
  project: string;
  volumes: { pool: string; volume: WireVolume }[];
}

/** The program, and why some volumes are not in it. */
export function isoVolumeProgram({ server, project, volumes }: Existing): { program: string; skipped: string[] } {
  const usable = volumes.filter(({ volume }) => volumeName.safeParse(volume.name).success);
  const skipped = volumes
    .filter((each) => !usable.includes(each))
    .map(({ pool, volume }) => `${project}/${pool}/${volume.name}: this name is not valid on other servers`);
  const names = new Set<string>();
  const resources = usable.map((each) => resource(project, each, names));
  const count = `${resources.length} ISO ${resources.length === 1 ? "volume" : "volumes"} of ${server}, as they are.`;
  return { program: [`// ${count}`, 'import * as lxd from "pulumi-lxd";', "", ...resources].join("\n"), skipped };
}

function resource(project: string, { pool, volume }: Existing["volumes"][number], names: Set<string>): string {
  const { name, description, location } = volume;
  const logical = unused(names, [name, `${name}-${pool}`, `${name}-${pool}-${location}`]);
  const args = {
    ...(project === "default" ? {} : { project }),
    pool,
    name,
    ...(description === "" ? {} : { description }),
    // A pool that is local to cluster members can have the same name on several of them.
    ...(location === "" || location === "none" ? {} : { target: location }),
  };
  const options = { import: `${project}/${pool}/${name}` };
  return `new lxd.IsoVolume(${JSON.stringify(logical)}, ${literal(args)}, ${literal(options)});`;
}

/** The first of these names that no other resource has; the last one is unique on a server. */
function unused(names: Set<string>, candidates: string[]): string {
  const name = candidates.find((candidate) => !names.has(candidate)) ?? candidates.at(-1) ?? "";
  names.add(name);
  return name;
}

function literal(object: Record<string, string>): string {
  const fields = Object.entries(object).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `{ ${fields.join(", ")} }`;
}
