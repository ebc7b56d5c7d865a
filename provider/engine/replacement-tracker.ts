// Tracks which object replaces which: Pulumi's engine does not tell, so this derives it from the engine's calls.
import { type PartialInputs } from "../kind/kind";

export class ReplacementTracker<Inputs> {
  /** Old inputs by URN: a check without olds that follows one with olds is for a replacement. */
  readonly #checked = new Map<string, PartialInputs<Inputs>>();
  readonly #replaced = new Map<string, PartialInputs<Inputs>>();
  /** URNs of resources that move to another server, where they are created as if there were no old object. */
  readonly #moved = new Set<string>();
  /** Returns the inputs of the last run, also in the check of a replacement, for which Pulumi does not pass them. */
  previousInputs(urn: string, olds: PartialInputs<Inputs> | undefined): PartialInputs<Inputs> {
    return olds ?? this.#checked.get(urn) ?? {};
  }

  /** Records a check. Returns the inputs of the object that is about to be replaced. */
  noteCheck(urn: string, olds: PartialInputs<Inputs> | undefined): PartialInputs<Inputs> | undefined {
    if (olds !== undefined) {
      this.#checked.set(urn, olds);
      return undefined;
    }
    const replaced = this.#checked.get(urn);
    if (replaced !== undefined) this.#replaced.set(urn, replaced);
    return replaced;
  }

  /** Records that a resource moves to another server. */
  noteMove(urn: string): void {
    this.#moved.add(urn);
    this.#checked.delete(urn);
  }

  isMoved(urn: string): boolean {
    return this.#moved.has(urn);
  }

  /** Returns the inputs of the object that a new one replaces. */
  replacedInputs(urn: string): PartialInputs<Inputs> | undefined {
    return this.#replaced.get(urn);
  }

  /** The replacement of an imported object is created, although the program still has the option `import`. */
  isFirst(urn: string): boolean {
    return !this.#replaced.has(urn) && !this.#moved.has(urn);
  }
}
