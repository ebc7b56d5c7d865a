// Tracks which objects the live states of this run hold, so that deleting a replaced state never deletes one of them.
//
// Pulumi keeps a replaced state until a run reaches its deletes, which may be a later run. By then the live state may
// refer to the same object. The order of the engine's calls shows which state is live: see the decision record on
// identity, and `test/e2e/engine-calls.test.ts`, which checks that order.
import { LxdError } from "../base/errors";

/** An object on a server, independent of its current name. */
export interface HeldObject {
  /** Name of the kind, for example `ISO volume`; keeps equal identities of different kinds apart. */
  kind: string;
  /** Fingerprint of the server's certificate, or its address if it shows none. */
  server: string;
  identity: string;
}

/** A resource's claim to a name. */
export interface NameClaim {
  /** Whether the name must not be shared. */
  isExclusive: boolean;
  /** The object that is to have the name, if known. */
  object: string | undefined;
}

export class RunRegistry {
  readonly #urns = new Map<string, string>();
  readonly #live = new Map<string, object>();
  /** Resources whose next diff belongs to an `up`: during a refresh, the engine calls `diff` without a `check`. */
  readonly #checked = new Set<string>();
  readonly #inProgram = new Set<string>();
  readonly #elsewhere = new Map<string, string[]>();
  readonly #claims = new Map<string, ReadonlyMap<string, NameClaim>>();
  /** Names of the program's objects by URN. */
  readonly #names = new Map<string, string>();
  /** Objects that did not exist when the resource was last checked, by URN. */
  readonly #absent = new Map<string, string>();

  /**
   * Records a check. A check without olds is for a new object: the resource's previous object is about to be replaced.
   */
  checked(urn: string, hasOlds: boolean): void {
    this.#inProgram.add(urn);
    this.#absent.delete(urn);
    if (hasOlds) this.#checked.add(urn);
    else this.release(urn);
  }

  /** Records a diff. Its state is live, unless the object is about to be replaced. */
  compared(
    urn: string,
    held: HeldObject | undefined,
    { state, isReplaced }: { state: object; isReplaced: boolean },
  ): void {
    if (!this.#checked.delete(urn) || held === undefined) return;
    if (isReplaced) this.release(urn);
    else this.hold(urn, held, state);
  }

  /**
   * Tests whether the program of this run contains the resource. A destroy checks nothing, and a run does not check
   * resources that were removed from the program.
   */
  isInProgram(urn: string): boolean {
    return this.#inProgram.has(urn);
  }

  hold(urn: string, held: HeldObject, state: object): void {
    this.#urns.set(keyOf(held), urn);
    this.#live.set(urn, state);
  }

  /** Returns the live state of a resource, as far as this run knows it. */
  liveState(urn: string): object | undefined {
    return this.#live.get(urn);
  }

  release(urn: string): void {
    this.#live.delete(urn);
    for (const [key, holder] of this.#urns) if (holder === urn) this.#urns.delete(key);
  }

  /** Records that the object of a resource does not exist. */
  noteAbsent(urn: string, object: string): void {
    this.#absent.set(urn, object);
  }

  /** Whether the last check of the resource has recorded that. Only the first create may rely on it. */
  takeAbsent(urn: string, object: string): boolean {
    const isAbsent = this.#absent.get(urn) === object;
    this.#absent.delete(urn);
    return isAbsent;
  }

  /** Records the names that a resource claims, replacing its previous claims. */
  claim(urn: string, names: ReadonlyMap<string, NameClaim>): void {
    this.#claims.set(urn, names);
  }

  /** Records names that the program lists for other resources, which the engine may not have processed yet. */
  noteListedElsewhere(urn: string, names: string[] = []): void {
    this.#elsewhere.set(urn, names);
  }

  isListedElsewhere(urn: string, name: string): boolean {
    return this.#elsewhere.get(urn)?.includes(name) === true;
  }

  /**
   * Records the name of a resource's object, replacing the previous one. Returns another resource with the same name.
   */
  name(urn: string, name: string | undefined): string | undefined {
    this.#names.delete(urn);
    if (name === undefined) return undefined;
    const [other] = [...this.#names].find(([, given]) => given === name) ?? [];
    this.#names.set(urn, name);
    return other;
  }

  /** Returns all claims to a name in this run, by URN. */
  claimsOf(name: string): ReadonlyMap<string, NameClaim> {
    const entries = [...this.#claims].flatMap(([urn, names]) => {
      const claim = names.get(name);
      return claim === undefined ? [] : [[urn, claim] as const];
    });
    return new Map(entries);
  }

  /** Returns the resource that holds the object in this run. */
  holderOf(held: HeldObject): string | undefined {
    return this.#urns.get(keyOf(held));
  }
}

function keyOf({ kind, server, identity }: HeldObject): string {
  return JSON.stringify([kind, server, identity]);
}

let current = new RunRegistry();

/**
 * Returns the registry of this process, which serves one run. All kinds share it, including the older and newer export
 * names of one kind.
 */
export function runRegistry(): RunRegistry {
  return current;
}

/** For tests that simulate several runs in one process. */
export function resetRunRegistry(): void {
  current = new RunRegistry();
}

/** The error for an object that another live resource holds. */
export function heldBy(kindName: string, holder: string): LxdError {
  return new LxdError({
    code: "already-exists",
    why: `the ${kindName} belongs to another resource of this stack, ${holder}`,
    advice: "Choose another name, or remove one of the two resources from the program.",
  });
}
