// Programs of the random walk: resources as data, and how each kind is written at first.
import { isoFile, type Place } from "../../faults/place";
import { join } from "node:path";
import { type Declared, type Props } from "../harness/stack-run";
import { blank } from "../instance/site";

/** A resource of the program, as data: two programs are the same if their text is. */
export interface Entry extends Omit<Declared, "args"> {
  args: Props;
  /** The logical name of the machine that it is about, or of the volume in its drive. */
  of?: string | undefined;
  /** Stands for what a user has in it: an edit that keeps the mark keeps that. */
  mark?: string;
}

export type Program = readonly Entry[];

/** What is left of a resource for the engine. */
export function declare(program: Program): Declared[] {
  return program.map(({ args, of, mark: _mark, ...entry }) => ({
    ...entry,
    args: (outputsOf) => ({ ...args, ...refer(of, outputsOf) }),
  }));

  function refer(of: string | undefined, outputsOf: (name: string) => Props): Props {
    if (of === undefined) return {};
    const outputs = outputsOf(of);
    const { name, pool, digest, __identity } = outputs;
    if (program.find((entry) => entry.name === of)?.kindName === "Instance")
      return { instance: name, __instance: __identity };
    return { cdroms: [{ volume: { pool, name, digest } }] };
  }
}

interface Template {
  entry: (names: { logical: string; own: string }, place: Place) => Entry;
  /** The kind that it is about. */
  of?: "Instance" | "IsoVolume";
}

const made = (kindName: Entry["kindName"], args: (own: string, place: Place) => Props): Template => ({
  entry: ({ logical, own }, place) => ({ kindName, name: logical, args: args(own, place) }),
});

/** Names of bridges are short, and no two of one address can be there. */
const address = (own: string): Props => ({
  ipv4: { address: `10.219.${own.replace(/\D/g, "")}.1/24` },
  ipv6: { address: "none" },
});

export const templates: readonly Template[] = [
  made("IsoVolume", (_, place) => ({ pool: "default", source: { file: isoFile(place, "a") } })),
  made("IsoVolume", (own, place) => ({
    ...{ pool: "default", source: { file: isoFile(place, "a") } },
    ...{ name: own, overwrite: true },
  })),
  made("Image", (own, { files }) => ({ source: { file: join(files, "a.tar.gz") }, aliases: [own] })),
  made("Instance", (own, { base }) => ({
    ...{ name: own, source: { image: base }, rootDisk: { pool: "default" }, profiles: [] },
    ...{ running: false, allowRestart: true, config: {} },
  })),
  { ...made("Instance", (own) => ({ ...blank, name: own, profiles: [], allowRestart: true })), of: "IsoVolume" },
  { ...made("InstanceSnapshot", (own) => ({ name: own })), of: "Instance" },
  made("StorageVolume", (own) => ({ pool: "default", name: own })),
  made("Profile", (own) => ({ name: own })),
  made("Network", (own) => ({ name: own, ...address(own) })),
  made("Project", (own) => ({ name: own })),
  made("StoragePool", (own) => ({ name: own, driver: "dir" })),
];
