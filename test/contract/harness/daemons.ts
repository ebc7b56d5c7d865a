// The daemons that the contract suite runs against: the embedded one always, real ones where they are.
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, it, type TestContext } from "vitest";

import { cleanUp, extensionsOf } from "./cleanup";
import { type Outcome, settle } from "./operation";
import { RawClient, type RawReply, textAt } from "./raw";
import { type DaemonKind, type Source, sources, type Started, usual } from "./sources";

export type { DaemonKind } from "./sources";

/** A daemon under test. What it says of itself is known once a test runs. */
export interface TestDaemon {
  readonly kind: DaemonKind;
  /** Whose words it speaks. */
  readonly product: "incus" | "lxd";
  readonly socket: string;
  readonly raw: RawClient;
  /** Begins the name of everything that is made: what has it is removed in the end. */
  readonly prefix: string;
  /** Whether it is Incus 6.0, whose words the embedded daemon speaks, or that itself; others word some things otherwise. */
  readonly isModel: boolean;
  readonly version: string;
  /** A name of this run: `daemon.name("cd")`. */
  name(suffix: string): string;
  /** Whether the daemon announces an API extension. */
  has(extension: string): boolean;
  /** The name of a header in the product's family: `header("type")` is `X-Incus-type`. */
  header(name: string): string;
  /** What came of a write in the end, sync or async. */
  settle(reply: RawReply | Promise<RawReply>): Promise<Outcome>;
  /** A test that needs API extensions; skipped with their names where the daemon has them not. */
  test(title: string, options: TestOptions, run: (context: TestContext) => Promise<void>): void;
}

export interface TestOptions {
  needs?: readonly string[];
  /** A sentence on what else is missing; undefined when nothing is. */
  missing?: () => string | undefined;
  timeoutMs?: number;
}

class Daemon implements TestDaemon {
  readonly kind: DaemonKind;
  readonly product: "incus" | "lxd";
  readonly prefix = `t${randomBytes(4).toString("hex")}-`;
  readonly raw = new RawClient(() => this.socket);
  #started: Started | undefined;
  #extensions: readonly string[] = [];
  #version = "";

  constructor(private readonly source: Source) {
    this.kind = source.kind;
    this.product = source.product;
  }

  get version(): string {
    return this.#version;
  }

  get isModel(): boolean {
    return this.kind.startsWith("embedded") || (this.product === "incus" && this.#version.startsWith("6.0."));
  }

  get socket(): string {
    if (this.#started === undefined) throw new Error(`${this.kind}: the daemon is there only while its tests run`);
    return this.#started.socket;
  }

  async start(): Promise<void> {
    this.#started = await this.source.start();
    this.#extensions = await extensionsOf(this.raw);
    this.#version = textAt((await this.raw.get("/1.0")).body, "metadata", "environment", "server_version");
  }

  async stop(): Promise<void> {
    if (this.#started === undefined) return;
    const left = await this.#cleanUp();
    await this.#started.stop();
    if (left.length > 0) throw new Error(`${this.kind}: could not be removed: ${left.join(", ")}`);
  }

  /** What has just failed may still be busy with that: the daemon is given time. */
  async #cleanUp(): Promise<string[]> {
    const attempts = 3;
    for (let attempt = 1; ; attempt++) {
      const left = await cleanUp(this.raw, this.prefix);
      if (left.length === 0 || attempt === attempts) return left;
      await sleep(2000);
    }
  }

  name(suffix: string): string {
    return this.prefix + suffix;
  }

  has(extension: string): boolean {
    return this.#extensions.includes(extension);
  }

  header(name: string): string {
    return `X-${this.product === "incus" ? "Incus" : "LXD"}-${name}`;
  }

  async settle(reply: RawReply | Promise<RawReply>): Promise<Outcome> {
    return settle(this.raw, await reply);
  }

  test(title: string, options: TestOptions, run: (context: TestContext) => Promise<void>): void {
    const body = async (context: TestContext) => {
      const lacks = (options.needs ?? []).filter((extension) => !this.has(extension));
      if (lacks.length > 0) context.skip(`${this.kind} lacks the API extension ${lacks.join(", ")}`);
      const missing = options.missing?.();
      if (missing !== undefined) context.skip(missing);
      await run(context);
    };
    it(title, body, options.timeoutMs ?? 30_000);
  }
}

/**
 * Defines a suite once for each daemon, or for each of those named in `on`; one that is absent shows as skipped, naming
 * what is missing.
 */
export function describeEachDaemon(
  suite: string | { name: string; on: readonly DaemonKind[] },
  define: (daemon: TestDaemon) => void,
): void {
  const { name, on } = typeof suite === "string" ? { name: suite, on: usual } : suite;
  for (const source of sources.filter(({ kind }) => on.includes(kind))) {
    const title = `${name} on ${source.kind}`;
    if (source.missing !== undefined) {
      describe.skip(`${title}: ${source.missing}`, () => define(new Daemon(source)));
      continue;
    }
    describe(title, () => {
      const daemon = new Daemon(source);
      beforeAll(() => daemon.start());
      afterAll(() => daemon.stop());
      define(daemon);
    });
  }
}
