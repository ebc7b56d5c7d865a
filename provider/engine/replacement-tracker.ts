// Which object comes in the place of which: Pulumi's engine does not say, so one process puts it together from its calls.
import { type PartialInputs } from "../kind/kind";

export class ReplacementTracker<Inputs> {
  /** Old inputs by URN: a check without olds that follows one with olds is that of a replacement. */
  readonly #checked = new Map<string, PartialInputs<Inputs>>();
  readonly #replaced = new Map<string, PartialInputs<Inputs>>();
  /** The URNs of what is wanted on another server: it is made there as if there were no old one. */
  readonly #moved = new Set<string>();
  /** The inputs of the last run, also in the check of a replacement, to which Pulumi does not give them. */
  previousInputs(urn: string, olds: PartialInputs<Inputs> | undefined): PartialInputs<Inputs> {
    return olds ?? this.#checked.get(urn) ?? {};
  }

  /** Notes a check, and tells the inputs of what is about to be replaced. */
  noteCheck(urn: string, olds: PartialInputs<Inputs> | undefined): PartialInputs<Inputs> | undefined {
    if (olds !== undefined) {
      this.#checked.set(urn, olds);
      return undefined;
    }
    const replaced = this.#checked.get(urn);
    if (replaced !== undefined) this.#replaced.set(urn, replaced);
    return replaced;
  }

  /** Notes that a resource is wanted on another server. */
  noteMove(urn: string): void {
    this.#moved.add(urn);
    this.#checked.delete(urn);
  }

  isMoved(urn: string): boolean {
    return this.#moved.has(urn);
  }

  /** What a new object is made in place of. */
  replacedInputs(urn: string): PartialInputs<Inputs> | undefined {
    return this.#replaced.get(urn);
  }

  /** What replaces an imported object is made, although the program still has the option `import`. */
  isFirst(urn: string): boolean {
    return !this.#replaced.has(urn) && !this.#moved.has(urn);
  }
}
