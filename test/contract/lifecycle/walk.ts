// A random walk: a program is edited again and again and run with faults in between. After a good run the daemon has what
// the program says, once, with the right bytes; after `destroy` nothing of it, and everything of others.
import { faults } from "../../faults/faults";
import { type Strike } from "../../faults/proxy";
import { Place } from "../../faults/place";
import { Random } from "../../faults/random";
import { EmbeddedSite } from "../../faults/site";
import { differences, type Snapshot } from "../../faults/snapshot";
import { RunError, Stack } from "../harness/stack-run";
import { Killed } from "../harness/stack-process";
import { fill, Kept } from "./walk-kept";
import { edit, type Edited, wrapped, wrapper } from "./walk-edits";
import { declare, type Program } from "./walk-program";

export class Walk {
  readonly #site = new EmbeddedSite();
  /** Where each program is made of nothing, without faults, to see what it comes to. */
  readonly #reference = new EmbeddedSite();
  readonly #place = new Place(this.#site);
  readonly #referencePlace = new Place(this.#reference);
  readonly #random: Random;
  readonly #stack: Stack;
  readonly #said: string[] = [];
  readonly #kept = new Kept(this.#site);
  #count = 0;
  #copyMs = 0;
  #mayBeRefused = false;
  #program: Program = [];
  #good: Program = [];

  constructor(private readonly seed: number) {
    this.#random = new Random(seed);
    this.#stack = new Stack(this.#site.proxy.socket, "walk");
  }

  /** Throws what was lost, with the way there. */
  async run(steps: number): Promise<void> {
    try {
      await this.#others(this.#site, this.#place);
      for (let step = 0; step < steps; step++) await this.#step();
      await this.#destroy();
    } catch (error) {
      const way = this.#said.map((text, i) => `${i + 1}. ${text}`).join("\n");
      throw new Error(`WALK_SEED=${this.seed} WALK_STEPS=${steps}: ${(error as Error).message}\n${way}`, {
        cause: error,
      });
    } finally {
      await this.#site.dispose();
      await this.#reference.dispose();
    }
  }

  async #others(site: EmbeddedSite, place: Place): Promise<void> {
    await site.at("others", async () => {
      await site.reset();
      await place.others();
      return {};
    });
  }

  async #step(): Promise<void> {
    const edited = edit({
      ...{ program: this.#program, good: this.#good, random: this.#random, place: this.#place },
      next: () => ++this.#count,
    });
    this.#said.push(edited.said);
    await edited.hand?.();
    this.#program = edited.program;
    this.#mayBeRefused ||= edited.mayBeRefused === true;
    const isFaulty = this.#random.below(2) === 0;
    const isForgotten = isFaulty && (await this.#faulty(edited));
    // What was made and never written down, only a run of the same program can know.
    const isKnown = isFaulty && !isForgotten && edited.isImport !== true;
    if (isKnown && this.#random.below(2) === 0) return;
    await this.#goodUp(edited);
  }

  /** A run with a fault at one of its requests; says whether it kills before the engine could write down what happened. */
  async #faulty(edited: Edited): Promise<boolean> {
    const fault = faults[this.#random.below(faults.length)];
    if (fault === undefined) return false;
    const at = this.#random.below(14);
    const { proxy } = this.#site;
    await this.#setCopyMs(fault.copyMs ?? 0);
    let killing: Promise<void> = Promise.resolve();
    const world = {
      random: this.#random,
      killProvider: () => {
        killing = proxy
          .close()
          .then(() => this.#stack.kill())
          .then(() => proxy.listen());
      },
      killEngine: () => {
        killing = this.#stack.kill();
      },
      cancel: () => this.#stack.cancel(),
      killDaemon: () => {
        this.#copyMs = 0;
        return this.#site.killDaemon();
      },
    };
    const suits = (): boolean => {
      const seen = proxy.requests[at];
      return seen === undefined || fault.suits?.(seen) !== false;
    };
    const strike: Strike = (exchange) => (suits() ? fault.strike(exchange, world) : exchange.pass());
    proxy.arm({ at, strike });
    const outcome = await this.#up(edited).then(
      () => "succeeds",
      (error: unknown) =>
        error instanceof Killed || error instanceof RunError ? `fails: ${error.message}` : "crashes",
    );
    const isStruck = await proxy.disarm();
    await killing;
    if (isStruck) this.#said.push(`up with ${fault.name} at request ${at} ${outcome}`);
    else this.#said.push(`up ${outcome}`);
    return isStruck && fault.losesState === true;
  }

  /** The daemon is started again for that. */
  async #setCopyMs(ms: number): Promise<void> {
    if (this.#copyMs !== ms) await this.#site.setCopyMs(ms);
    this.#copyMs = ms;
  }

  #up({ replace = [] }: Partial<Edited>): Promise<void> {
    const declared = this.#declared();
    const urns = declared.filter(({ name }) => replace.includes(name)).map((each) => this.#stack.urnOf(each));
    return this.#stack.up(declared, { replace: urns });
  }

  #declared(): ReturnType<typeof declare> {
    return declare(this.#program).map((each) => {
      // Into a component and, when an edit is taken back, out of it again.
      const urns = [undefined, wrapper].map((parent) => this.#stack.urn(each.kindName, each.name, parent));
      return wrapped.includes(each.kindName) ? { ...each, aliases: urns } : each;
    });
  }

  /** Some changes need several runs: the name of one is free only once another has given it up. */
  async #goodUp(edited: Partial<Edited>): Promise<void> {
    await this.#setCopyMs(0);
    let failure: Error | undefined;
    for (let attempt = 1; attempt <= 3; attempt++) {
      failure = await this.#up(attempt === 1 ? edited : {}).then(
        () => undefined,
        (error: unknown) => error as Error,
      );
      this.#said.push(failure === undefined ? "up" : `up fails: ${failure.message}`);
      if (failure === undefined) break;
    }
    if (failure !== undefined && this.#mayBeRefused) {
      this.#mayBeRefused = false;
      this.#said.push("back to the last good program");
      this.#program = this.#good;
      this.#kept.forget();
      return this.#goodUp({});
    }
    if (failure !== undefined) throw new Error(`a good up fails: ${failure.message}`);
    // As Pulumi asks for: what was imported once is a resource like others.
    this.#program = this.#program.map(({ import: _import, ...entry }) => entry);
    this.#good = this.#program;
    this.#mayBeRefused = false;
    await this.#kept.look(this.#program);
    await this.#expectSame(await this.#wanted(), "after up");
    await this.#up({});
    const moved = this.#stack.steps.filter(({ step }) => step !== "same").map(({ urn, step }) => `${urn} ${step}`);
    if (moved.length > 0) throw new Error(`a second up is not the same: ${moved.join(", ")}`);
  }

  async #expectSame(desired: Snapshot, when: string): Promise<void> {
    const found = differences(comparable((await this.#site.look()).objects), comparable(desired));
    if (found.length > 0) throw new Error(`${when}: ${found.join("\n")}`);
  }

  /** What a daemon has of which nothing but the program was ever run. */
  async #wanted(): Promise<Snapshot> {
    await this.#others(this.#reference, this.#referencePlace);
    const stack = new Stack(this.#reference.proxy.socket, "walk");
    await stack.up(this.#declared());
    fill(this.#reference, this.#program);
    return (await this.#reference.look()).objects;
  }

  async #destroy(): Promise<void> {
    this.#said.push("destroy");
    await this.#stack.destroy();
    await this.#others(this.#reference, this.#referencePlace);
    await this.#expectSame((await this.#reference.look()).objects, "after destroy");
    if (this.#stack.state.resources.length > 0) throw new Error("destroy leaves a state");
  }
}

/**
 * An owner is said with the parent that it had when it was written, pools have a folder of their daemon, the automatic name
 * of a volume has a number if there was another one before it, and an image that was shared keeps the keys and the name that
 * it got for that.
 */
function comparable(snapshot: Snapshot): Snapshot {
  const same = (text: string): string =>
    text
      .replaceAll(/pkg:index:Wrapped\$|pulumi-lxd-faults-[^/]+/g, "")
      .replaceAll(/\b(r\d+-[0-9a-f]{8})-\d+\b/g, "$1")
      .replaceAll(/(user\.pulumi\.owner)\.[0-9a-f]{8}/g, "$1")
      .replaceAll(/"filename":"[0-9a-f]{16}-/g, '"filename":"');
  return Object.fromEntries(Object.entries(snapshot).map(([place, text]) => [same(place), same(text)]));
}
