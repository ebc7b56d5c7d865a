// One kind on one daemon: a stack with a resource of the kind in it, and what the daemon says of that by raw requests.
import { randomBytes } from "node:crypto";
import { afterAll, expect } from "vitest";
import { type DaemonKind, describeEachDaemon, type TestDaemon, usual } from "../harness";
import { FlakySocket } from "../harness/flaky-socket";
import { isPlugin } from "../harness/plugin-process";
import { servedKinds } from "../../../provider/plugin/kinds";
import { type Declared, type Props, Stack } from "../harness/stack-run";
import { Site } from "../instance/site";
import { type Kind, kinds, type More, type Subject } from "./kinds";

interface Options {
  missing?: string | undefined;
  /** Makes the place that the resource is in, and says which it is. */
  place?: (site: Site) => Promise<{ pool?: string; project?: string }>;
}

export type Test = (title: string, run: (subject: Case) => Promise<void>, options?: Options) => void;

/** Runs the same tests for each kind on each daemon, or on those named in `on`. */
export function forEachKind(
  testsOf: (kind: Kind, test: Test, daemon: TestDaemon) => void,
  on: readonly DaemonKind[] = usual,
  isInPlugin = isPlugin,
): void {
  const served = isInPlugin ? kinds.filter(({ kindName }) => kindName in servedKinds) : kinds;
  for (const kind of served) {
    describeEachDaemon({ name: isInPlugin ? `${kind.title} of the plugin` : kind.title, on }, (daemon: TestDaemon) => {
      const site = new Site(daemon);
      afterAll(() => site.removeFiles());
      const slow =
        kind.isInstalled === true && !site.isSimulated ? "guests that install themselves in no time" : undefined;
      const test: Test = (title, run, { missing = slow, place } = {}) =>
        daemon.test(title, { needs: kind.needs ?? [], missing: () => missing, timeoutMs: 60_000 }, async () =>
          run(await Case.of(kind, site, { ...(await place?.(site)), isInPlugin })),
        );
      testsOf(kind, test, daemon);
    });
  }
}

/** A resource that no daemon makes: the run in which it is fails, after everything that was checked. */
export const failing: Declared = {
  kindName: "Profile",
  name: "failing",
  // A value that only servers check.
  args: { name: "failing", project: "default", config: { "limits.memory.enforce": "odd" } },
};

export class Case {
  readonly stack: Stack;

  private constructor(
    readonly kind: Kind,
    readonly site: Site,
    readonly subject: Subject,
    readonly at: { name: string; pool: string; project: string; proxy: FlakySocket; isInPlugin: boolean },
  ) {
    this.stack = new Stack(at.proxy.socket, randomBytes(4).toString("hex"), at.isInPlugin);
  }

  static async of(
    kind: Kind,
    site: Site,
    { isInPlugin = isPlugin, ...place }: { pool?: string; project?: string; isInPlugin?: boolean } = {},
  ): Promise<Case> {
    const proxy = new FlakySocket(site.daemon.socket);
    await proxy.start();
    const at = { name: site.name(), pool: "default", project: "default", ...place };
    return new Case(kind, site, await kind.subject(site, at), { ...at, proxy, isInPlugin });
  }

  /** The program with the resource, and with more inputs than it has at first. */
  program(more: More = {}, options: globalThis.Partial<Declared> = {}): Declared[] {
    const { args, before = [] } = this.subject;
    const said = (each: More, of: (name: string) => Props): Props => (typeof each === "function" ? each(of) : each);
    const own = (of: (name: string) => Props): Props => ({ ...said(args, of), ...said(more, of) });
    return [...before, { kindName: this.kind.kindName, name: this.at.name, args: own, ...options }];
  }

  /** The name that it has, where the kind knows names. */
  named({ name }: Props): Props {
    return name === undefined ? {} : { name };
  }

  get urn(): string {
    return this.stack.urn(this.kind.kindName, this.at.name);
  }

  get outputs(): Props {
    return this.stack.outputsOf(this.at.name);
  }

  /** What the daemon has where a state says that it is. */
  async look(outputs: Props): Promise<Props | undefined> {
    return this.subject.look === undefined
      ? this.site.find<Props>(this.subject.uri(outputs))
      : this.subject.look(outputs);
  }

  async requireLook(outputs = this.outputs): Promise<Props> {
    const found = await this.look(outputs);
    expect(found, `${this.kind.title} on the daemon`).toBeDefined();
    return found ?? {};
  }

  identityOf(object: Props): unknown {
    return this.kind.identity?.(object);
  }

  async removeByHand(outputs = this.outputs): Promise<void> {
    const remove = this.subject.removeByHand ?? (() => this.site.change("DELETE", this.subject.uri(outputs)));
    await remove(outputs);
  }

  async renameByHand(name: string, outputs = this.outputs): Promise<void> {
    await this.site.change("POST", this.subject.uri(outputs), { name });
  }

  /** The daemon refuses requests whose line matches, until the proxy heals. */
  refuse(matches: RegExp): void {
    this.at.proxy.answer = {
      matches: (line) => matches.test(line),
      text: answerOf(403, refusal("refused by the test", 403)),
    };
  }

  /** The last step of the last run with the resource under test. */
  get step(): string | undefined {
    return this.stack.stepsOf(this.at.name)[0];
  }

  /** Ends a test: nothing is left, neither in the state nor of what the states have named. */
  async end(...known: Props[]): Promise<void> {
    const all = [...known, ...this.stack.state.resources.filter(({ urn }) => urn === this.urn).map((r) => r.outputs)];
    await this.stack.destroy();
    expect(this.stack.state.resources).toEqual([]);
    for (const outputs of all) expect(await this.look(outputs), this.subject.uri(outputs)).toBeUndefined();
    await this.at.proxy.stop();
  }
}

/** The envelope in which daemons tell an error. */
export function refusal(error: string, code: number): string {
  return JSON.stringify({ type: "error", error, error_code: code });
}

export function answerOf(status: number, body: string): string {
  const headers = ["Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`];
  return [`HTTP/1.1 ${status} Made by a test`, ...headers, "", body].join("\r\n");
}
