// What a user has in volumes and machines, and no edit may lose that does not ask for another object.
import { type EmbeddedSite } from "../../faults/site";
import { type Entry, type Program } from "./walk-program";

const volumes = (program: Program): readonly Entry[] => program.filter(({ kindName }) => kindName === "StorageVolume");

function fillOne(site: EmbeddedSite, { args, mark }: Entry): void {
  site.fillVolume(String(args["name"]), Buffer.from(`data of ${mark}\n`), String(args["pool"]));
}

/** All volumes of a program, as the user's guests have. */
export function fill(site: EmbeddedSite, program: Program): void {
  for (const entry of volumes(program)) fillOne(site, entry);
}

export class Kept {
  /** UUIDs of the machines by their marks. */
  readonly #machines = new Map<string, unknown>();
  readonly #filled = new Set<string>();

  constructor(private readonly site: EmbeddedSite) {}

  /** After a good run: writes into what is new; a machine that is not must be the one that it was. */
  async look(program: Program): Promise<void> {
    for (const entry of volumes(program)) {
      if (entry.mark === undefined || this.#filled.has(entry.mark)) continue;
      this.#filled.add(entry.mark);
      fillOne(this.site, entry);
    }
    const { identities } = await this.site.look();
    for (const { kindName, args, mark } of program) {
      if (kindName !== "Instance" || mark === undefined) continue;
      const name = String(args["name"]);
      const uuid = identities[`default:instances/${name}`]?.uuid;
      const before = this.#machines.get(mark) ?? uuid;
      this.#machines.set(mark, uuid);
      if (before !== uuid) throw new Error(`instance ${name} was replaced`);
    }
  }

  /** Some of the last edits were undone: what they had replaced is made again. */
  forget(): void {
    this.#machines.clear();
    this.#filled.clear();
  }
}
