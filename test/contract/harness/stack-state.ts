// The state of a stack as Pulumi keeps it: JSON, written after each step, with the replaced resources that are still to go.
import { type KindName } from "../../../sdk/resource/resource";

export type Props = Record<string, unknown>;

/** A resource of the program. */
export interface Declared {
  kindName: KindName;
  name: string;
  /** Of a resource that refers to others: they are asked for by name. */
  args: Props | ((outputsOf: (name: string) => Props) => Props);
  /** The type of the component that it is in: another one is another URN. */
  parent?: string;
  /** Former URNs. */
  aliases?: string[];
  /** Resource options. */
  import?: string;
  deleteBeforeReplace?: boolean;
}

export interface Stored {
  urn: string;
  kindName: KindName;
  name: string;
  id: string;
  inputs: Props;
  outputs: Props;
  /** Replaced, and to be deleted by the next run that reaches its deletes. */
  isPendingDelete?: boolean;
  /** Its last step failed half way: it is updated even if nothing differs. */
  hasInitErrors?: boolean;
}

/** What a run had to say of one resource. */
export interface StepTaken {
  urn: string;
  step: "same" | "created" | "updated" | "replaced" | "deleted" | "refreshed" | "gone";
}

/** Everything that failed in one run. */
export class RunError extends Error {
  constructor(readonly failures: string[]) {
    super(failures.join("\n"));
  }
}

/** The text stands for the state file: what is not in it, the next run does not know. */
export class StackState {
  #text = "[]";

  get resources(): Stored[] {
    return JSON.parse(this.#text) as Stored[];
  }

  set resources(resources: Stored[]) {
    this.#text = JSON.stringify(resources);
  }

  find(urns: string[]): Stored | undefined {
    return this.resources.find(({ urn, isPendingDelete }) => urns.includes(urn) && isPendingDelete !== true);
  }

  /** Puts a state in the place of an older one, or at the end. */
  put(news: Stored, olds?: Stored): void {
    const all = this.resources;
    const at = olds === undefined ? -1 : all.findIndex((each) => isSame(each, olds));
    this.resources = at === -1 ? [...all, news] : all.map((each, i) => (i === at ? news : each));
  }

  drop(gone: Stored): void {
    const all = this.resources;
    const at = all.findIndex((each) => isSame(each, gone));
    this.resources = all.filter((_, i) => i !== at);
  }
}

function isSame(one: Stored, other: Stored): boolean {
  return JSON.stringify(one) === JSON.stringify(JSON.parse(JSON.stringify(other)));
}
