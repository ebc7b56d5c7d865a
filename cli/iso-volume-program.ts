// Writes a TypeScript program that adopts existing ISO volumes.
import { type WireVolume } from "../provider/lxd/api/storage/volumes";
import { volumeName } from "../provider/kind/schema";

interface Found {
  pool: string;
  volume: WireVolume;
}

export interface Existing {
  server: string;
  project: string;
  volumes: Found[];
}

/** A volume that the program adopts. */
export interface Adopted {
  /** Name of the resource in the program. */
  resource: string;
  /** The value of the option `import`. */
  import: string;
  pool: string;
  name: string;
  description: string;
  /** The cluster member that stores the volume; undefined if the pool is not local to members. */
  target?: string;
}

export interface Skipped {
  pool: string;
  name: string;
  reason: string;
}

export interface IsoVolumeProgram {
  volumes: Adopted[];
  skipped: Skipped[];
  program: string;
}

export function isoVolumeProgram({ server, project, volumes }: Existing): IsoVolumeProgram {
  const isUsable = ({ volume }: Found): boolean => volumeName.safeParse(volume.name).success;
  const resources = new Set<string>();
  const adopted = volumes.filter(isUsable).map((each) => adopt(project, each, resources));
  const skipped = volumes
    .filter((each) => !isUsable(each))
    .map(({ pool, volume: { name } }) => ({ pool, name, reason: "other servers do not accept its name; rename it" }));
  const count = `${adopted.length} ISO ${adopted.length === 1 ? "volume" : "volumes"} of ${server}, as they are.`;
  const statements = adopted.map((each) => statement(project, each));
  const program = [`// ${count}`, 'import * as lxd from "pulumi-lxd";', "", ...statements].join("\n");
  return { volumes: adopted, skipped, program };
}

function adopt(project: string, { pool, volume }: Found, resources: Set<string>): Adopted {
  const { name, description, location } = volume;
  const resource = unused(resources, [name, `${name}-${pool}`, `${name}-${pool}-${location}`]);
  const adopted = { resource, import: `${project}/${pool}/${name}`, pool, name, description };
  // A pool that is local to cluster members may contain volumes of the same name on several of them.
  return location === "" || location === "none" ? adopted : { ...adopted, target: location };
}

/**
 * Protected, like the code that `pulumi import` generates: `pulumi destroy` must not delete what the stack did not
 * create.
 */
function statement(project: string, { resource, import: id, pool, name, description, target }: Adopted): string {
  const args = {
    ...(project === "default" ? {} : { project }),
    pool,
    name,
    ...(description === "" ? {} : { description }),
    ...(target === undefined ? {} : { target }),
  };
  const options = { import: id, protect: true };
  return `new lxd.IsoVolume(${JSON.stringify(resource)}, ${literal(args)}, ${literal(options)});`;
}

/** Returns the first of these names that no other resource has; the last one is unique on a server. */
function unused(names: Set<string>, candidates: string[]): string {
  const name = candidates.find((candidate) => !names.has(candidate)) ?? candidates.at(-1) ?? "";
  names.add(name);
  return name;
}

function literal(object: Record<string, string | boolean>): string {
  const fields = Object.entries(object).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  return `{ ${fields.join(", ")} }`;
}
