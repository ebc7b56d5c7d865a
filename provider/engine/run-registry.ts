// Which objects the live states of this run hold, so that the state of a replaced resource never deletes one of them.
//
// Pulumi keeps a replaced state until a run reaches its deletes, which may be a later run. By then the live state may name
// the same object. The order of the engine's calls tells which state is live: see the decision record on identity, and
// `test/e2e/engine-calls.test.ts`, which holds the engine to that order.
import { LxdError } from "../base/errors";

/** An object on a server, whatever it is called at the moment. */
export interface HeldObject {
  /** `ISO volume`, so that equal identities of two kinds stay apart. */
  kind: string;
  /** The certificate's fingerprint of the server, or its address where it shows none. */
  server: string;
  identity: string;
}

/** That a resource of the program wants a name. */
export interface NameClaim {
  /** Whether nobody else may have it. */
  isExclusive: boolean;
  /** Which object is to have it, where that is known. */
  object: string | undefined;
}

export class RunRegistry {
  readonly #urns = new Map<string, string>();
  readonly #live = new Map<string, object>();
  /** Resources whose next diff belongs to an `up`: during a refresh the engine calls `diff` without a `check`. */
  readonly #checked = new Set<string>();
  readonly #inProgram = new Set<string>();
  readonly #elsewhere = new Map<string, string[]>();
  readonly #claims = new Map<string, ReadonlyMap<string, NameClaim>>();
  /** The names of the program's objects, by URN. */
  readonly #names = new Map<string, string>();

  /** A check without olds is that of a new object: what the resource had is to be replaced. */
  checked(urn: string, hasOlds: boolean): void {
    this.#inProgram.add(urn);
    if (hasOlds) this.#checked.add(urn);
    else this.release(urn);
  }

  /** The state that a diff shows is live, unless it is about to be replaced. */
  compared(
    urn: string,
    held: HeldObject | undefined,
    { state, isReplaced }: { state: object; isReplaced: boolean },
  ): void {
    if (!this.#checked.delete(urn) || held === undefined) return;
    if (isReplaced) this.release(urn);
    else this.hold(urn, held, state);
  }

  /** Whether the program of this run has the resource. A destroy checks nothing, nor does a run what was taken out. */
  isInProgram(urn: string): boolean {
    return this.#inProgram.has(urn);
  }

  hold(urn: string, held: HeldObject, state: object): void {
    this.#urns.set(keyOf(held), urn);
    this.#live.set(urn, state);
  }

  /** The live state of a resource, as far as this run has shown it. */
  liveState(urn: string): object | undefined {
    return this.#live.get(urn);
  }

  release(urn: string): void {
    this.#live.delete(urn);
    for (const [key, holder] of this.#urns) if (holder === urn) this.#urns.delete(key);
  }

  /** Notes the names that a resource wants, in place of what it wanted before. */
  claim(urn: string, names: ReadonlyMap<string, NameClaim>): void {
    this.#claims.set(urn, names);
  }

  /** Notes the names that the program lists at other resources, of which the engine may not have shown one yet. */
  noteListedElsewhere(urn: string, names: string[] = []): void {
    this.#elsewhere.set(urn, names);
  }

  isListedElsewhere(urn: string, name: string): boolean {
    return this.#elsewhere.get(urn)?.includes(name) === true;
  }

  /** Notes the name that a resource gives its object, in place of the one before; returns who else gives it. */
  name(urn: string, name: string | undefined): string | undefined {
    this.#names.delete(urn);
    if (name === undefined) return undefined;
    const [other] = [...this.#names].find(([, given]) => given === name) ?? [];
    this.#names.set(urn, name);
    return other;
  }

  /** Who wants a name in this run, by URN. */
  claimsOf(name: string): ReadonlyMap<string, NameClaim> {
    const entries = [...this.#claims].flatMap(([urn, names]) => {
      const claim = names.get(name);
      return claim === undefined ? [] : [[urn, claim] as const];
    });
    return new Map(entries);
  }

  /** The resource that holds the object in this run. */
  holderOf(held: HeldObject): string | undefined {
    return this.#urns.get(keyOf(held));
  }
}

function keyOf({ kind, server, identity }: HeldObject): string {
  return JSON.stringify([kind, server, identity]);
}

let current = new RunRegistry();

/** Those of this process, which serves one run: all kinds share them, and so do older and newer names of one kind. */
export function runRegistry(): RunRegistry {
  return current;
}

/** For tests that play several runs in one process. */
export function resetRunRegistry(): void {
  current = new RunRegistry();
}

/** An object that another live resource holds. */
export function heldBy(kindName: string, holder: string): LxdError {
  return new LxdError({
    code: "already-exists",
    why: `the ${kindName} belongs to another resource of this stack, ${holder}`,
    advice: "Choose another name, or remove one of the two resources from the program.",
  });
}
