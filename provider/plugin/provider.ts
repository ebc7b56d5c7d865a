// The provider of one configuration, as Pulumi's engine calls it. Each provider resource has a process of its own.
import { isDeepStrictEqual } from "node:util";
import { Calls } from "../engine/pulumi/calls";
import { endWith, type EngineAddress } from "../engine/pulumi/pulumi-engine";
import { type Rows, rowsOf } from "../engine/pulumi/progress";
import { LxdError } from "../base/errors";
import { nearest } from "../base/nearest";
import { lookupImage, lookupImages } from "../functions";
import { type Failure, type StackConfig } from "../kind/kind";
import { type Props, withoutNulls } from "../kind/props";
import { configFailures, configOf } from "./config";
import { isServed, kindNameOf, servedKind, servedKinds, typeOfUrn } from "./kinds";
import { withRemote } from "./program-form";
import { ServedResource } from "./resource";
import { type Received } from "./wire";

export class PluginProvider {
  readonly #rows: Rows = (urn, redactor) => {
    // The notes of an import are for hosts in which Pulumi shows it as a create.
    return { ...this.#engineRows(urn, redactor), note: () => undefined };
  };
  readonly #engineRows = rowsOf(() => this.#engine);
  readonly #resources = new Map<string, Promise<ServedResource>>();
  #engine: EngineAddress | undefined;
  #config: StackConfig = {};
  #oldConfig: StackConfig | undefined;

  constructor(private readonly calls = new Calls()) {}

  /** Connects to the engine, and ends with it. */
  attach(address: string): void {
    const [, host, port] = /^\[?([^\]]+)\]?:(\d+)$/.exec(address) ?? [];
    if (host === undefined || isDeepStrictEqual(this.#engine, { host, port: Number(port) })) return;
    const isFirst = this.#engine === undefined;
    this.#engine = { host, port: Number(port) };
    if (isFirst) endWith(this.#engine, this.calls);
  }

  cancel(): void {
    this.calls.stop("the run was cancelled");
  }

  checkConfig(args: Received): Failure[] {
    return configFailures(args.props);
  }

  /** Another configuration is never a replacement: each resource finds out whether its server is another one. */
  diffConfig(olds: Props, news: Props): string[] {
    this.#oldConfig = configOf(olds);
    const [before, after] = [this.#oldConfig, configOf(news)] as Record<string, unknown>[];
    return Object.keys(after ?? {}).filter((key) => before?.[key] !== after?.[key]);
  }

  configure(args: Props): void {
    const [failure] = configFailures(args);
    if (failure !== undefined) throw new LxdError({ code: "invalid-argument", why: failure.reason });
    this.#config = configOf(args);
    this.#resources.clear();
  }

  /** Serves all resources of the kind that a URN names. */
  async resource(urn: string): Promise<ServedResource> {
    const name = kindNameOf(typeOfUrn(urn));
    if (!isServed(name)) throw unknownToken("resource type", typeOfUrn(urn), Object.keys(servedKinds));
    const known = this.#resources.get(name);
    if (known !== undefined) return known;
    const host = { calls: this.calls, rows: this.#rows, config: this.#config, oldConfig: this.#oldConfig };
    const made = servedKind(name).then((served) => new ServedResource(served, host));
    this.#resources.set(name, made);
    return made;
  }

  invoke(token: string, args: Props): Promise<Props> {
    const config = this.#config as Readonly<Record<string, string | undefined>>;
    const get = (key: string): string | undefined => config[key.replace(/^lxd:/, "")];
    const query = withRemote(withoutNulls(args));
    return this.calls.run(async () => {
      const name = kindNameOf(token);
      if (name === "lookupImage") return { ...(await lookupImage(query, get)) };
      if (name === "lookupImages") return { images: await lookupImages(query, get) };
      throw unknownToken("function", token, ["lookupImage", "lookupImages"]);
    });
  }
}

function unknownToken(what: string, token: string, known: readonly string[]): LxdError {
  const near = nearest(kindNameOf(token), [...known]);
  const advice = near === undefined ? `It has: ${known.join(", ")}.` : `Did you mean lxd:index:${near}?`;
  return new LxdError({ code: "unsupported", why: `this package has no ${what} ${token}`, advice });
}
