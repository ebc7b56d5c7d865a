// Runs one case: a stack in a known state, a run with a fault in it, and then whether something was lost.
import { type Case, casesOf, nameOf } from "./cases";
import { type Engine, type EngineStack, type Goal, type Running } from "./engine";
import { type Fault, faults, type World } from "./faults";
import { type Expected, lossesOf } from "./losses";
import { Place } from "./place";
import type { Seen } from "./proxy";
import { Random, seedOf } from "./random";
import { type Scenario, scenariosOf, type Verb } from "./scenarios";
import type { Site } from "./site";
import type { Snapshot } from "./snapshot";
import { Hung, within } from "./within";

export interface Outcome {
  /** What was lost or did not come about; empty if nothing. */
  losses: string[];
  /** The run had fewer requests this time. */
  isMissed: boolean;
}

interface Begun {
  /** Of the stack. */
  state: string;
  others: Snapshot;
  /** Of the instances, by their places: a real daemon makes them anew for each case. */
  uuids: Record<string, unknown>;
}

/** A verb that was run without faults. */
interface Prepared {
  requests: Seen[];
  expected: Omit<Expected, "kept">;
  /** The places of the instances that the verb does not replace. */
  kept: string[];
}

export class Runner {
  readonly #place: Place;
  readonly #scenarios: Scenario[];
  readonly #prepared = new Map<string, Prepared>();

  constructor(
    private readonly site: Site,
    private readonly engine: Engine,
    private readonly seed: number,
  ) {
    this.#place = new Place(site);
    this.#scenarios = scenariosOf(this.#place);
  }

  /** `iso-volume/create` and so on. */
  get verbs(): string[] {
    return this.#scenarios.flatMap(({ name, verbs }) => Object.keys(verbs).map((verb) => `${name}/${verb}`));
  }

  /** All cases of a verb, which is run once without any fault for that. */
  async cases(of: string): Promise<Case[]> {
    const [scenario = "", verb = ""] = of.split("/");
    const { requests } = await this.#prepare(scenario, verb);
    return casesOf({ scenario, verb }, requests);
  }

  async run(it: Case): Promise<Outcome> {
    const prepared = await this.#prepare(it.scenario, it.verb);
    const verb = this.#verb(it.scenario, it.verb);
    const fault = faults.find(({ name }) => name === it.fault);
    if (fault === undefined) throw new Error(`there is no fault ${it.fault}`);
    const { state, uuids } = await this.#begin(it.scenario, it.verb);
    const expected = { ...prepared.expected, kept: prepared.kept.map((place) => uuids[place]) };
    if (fault.copyMs !== undefined) await this.site.setCopyMs(fault.copyMs);
    const stack = await this.engine.stack(state);
    const isMissed = await this.#strike(it, { fault, verb, stack });
    if (isMissed) return { losses: [], isMissed };
    return { losses: await lossesOf({ site: this.site, verb, stack, expected }, it.then), isMissed };
  }

  #verb(scenario: string, verb: string): Verb {
    const found = this.#scenarios.find(({ name }) => name === scenario)?.verbs[verb];
    if (found === undefined) throw new Error(`there is no ${scenario}/${verb}`);
    return found;
  }

  async #prepare(scenario: string, name: string): Promise<Prepared> {
    const key = `${scenario}/${name}`;
    const done = this.#prepared.get(key);
    if (done !== undefined) return done;
    const { site } = this;
    const verb = this.#verb(scenario, name);
    const { state, others, uuids } = await this.#begin(scenario, name);
    const before = await site.look();
    const stack = await this.engine.stack(state);
    site.proxy.arm();
    await stack.run(goalOf(verb));
    const requests = [...site.proxy.requests];
    const { objects: after, identities } = await site.look();
    const there = Object.values(identities).map(({ uuid }) => uuid);
    const kept = Object.keys(uuids).filter((place) => there.includes(uuids[place]));
    const expected = { before: before.objects, after, others };
    const known = { requests, expected, kept };
    const all = { ...expected, kept: kept.map((place) => uuids[place]) };
    const losses = await lossesOf({ site, verb, stack, expected: all }, "up");
    if (losses.length > 0) throw new Error(losses.join("; "));
    this.#prepared.set(key, known);
    return known;
  }

  /** Brings daemon and stack to what is before a verb: others, what was done by hand, and the program of before. */
  async #begin(scenario: string, name: string): Promise<Begun> {
    const { from, before, written } = this.#verb(scenario, name);
    return this.site.at(`${scenario}/${name}`, async () => {
      await this.site.at("others", async () => {
        await this.site.reset();
        await this.#place.others();
        return {};
      });
      const others = (await this.site.look()).objects;
      await before?.(this.#place);
      const stack = await this.engine.stack();
      if (from !== undefined) await stack.run(from);
      await written?.(this.#place);
      const { identities } = await this.site.look();
      const uuids = Object.fromEntries(Object.entries(identities).map(([place, { uuid }]) => [place, uuid]));
      return { state: await stack.state(), others, uuids };
    });
  }

  /** Runs into the fault; gives whether it did not come to that. Whether the run fails is its own affair. */
  async #strike(it: Case, { fault, verb, stack }: { fault: Fault; verb: Verb; stack: EngineStack }): Promise<boolean> {
    const { proxy } = this.site;
    const arm = (running: Running): void => {
      const world = this.#world(running, new Random(seedOf(nameOf(it), this.seed)));
      proxy.arm({ at: it.request, strike: (exchange) => fault.strike(exchange, world) });
    };
    await stack.run(goalOf(verb), arm).catch((error: unknown) => {
      if (error instanceof Hung) throw error;
    });
    return !(await within(proxy.disarm()));
  }

  #world(running: Running, random: Random): World {
    return {
      random,
      killProvider: () => {
        running.killProvider();
        this.site.proxy.cutAll();
      },
      killEngine: () => running.killEngine(),
      cancel: () => running.cancel(),
      killDaemon: () => this.site.killDaemon(),
    };
  }
}

const goalOf = ({ to }: Verb): Goal => to ?? "destroy";
