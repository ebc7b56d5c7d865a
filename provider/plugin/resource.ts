// One kind as the plugin serves it: maps the engine's requests to those of the kind's dispatcher, which both hosts use.
//
// Inside the provider, what is known of a resource besides its properties has names with two underscores. The engine
// tells most of that with each request, so only what it does not tell is stored, in the outputs.
import { Dispatch } from "../engine/dispatch";
import { type Calls } from "../engine/pulumi/calls";
import { type Rows } from "../engine/pulumi/progress";
import { stepsOf, withValuesOf } from "../engine/property-path";
import { secretsKey } from "../engine/secrets/redactor";
import { automaticNameKey } from "../kind/automatic-name";
import { type Failure, type ServerIdentity, type ServerInputs, type StackConfig } from "../kind/kind";
import { type Props, withoutNulls } from "../kind/props";
import { hasUnknown } from "../kind/unknowns";
import { type Changed } from "../engine/diff";
import { type ServedKind } from "./kinds";
import { createdOutputs, updatedOutputs } from "./preview";
import { withRemote } from "./program-form";
import { ownPaths, type Path, secretInputs, secretOutputs } from "./secrets";
import { type Received } from "./wire";

export interface Host {
  calls: Calls;
  rows: Rows;
  config: StackConfig;
  /** The configuration of the last run, if this one has another. */
  oldConfig: StackConfig | undefined;
}

/** What is stored of a resource: its last inputs and its outputs. */
export interface Stored {
  id: string;
  inputs: Received;
  outputs: Received;
}

/** Properties to return, and the secrets among them. */
export type Result = Received;

/** Pulumi's name for inputs that a provider has chosen. */
const defaultsKey = "__defaults";
/** These form the ID. */
const naming = ["project", "pool", "instance", "name"];
/** Never stored: the engine tells them with each request. */
const told = ["__provider", secretsKey, "__import", "__replaceOnChanges", automaticNameKey];

export class ServedResource {
  readonly #dispatch: Dispatch<ServerInputs, ServerInputs, unknown>;
  readonly #oldPlaces: Dispatch<ServerInputs, ServerInputs, unknown>;
  /** IDs of the objects that this run has read for an import, by URN. */
  readonly #imported = new Map<string, string>();

  constructor(
    private readonly served: ServedKind,
    { calls, rows, config, oldConfig = config }: Host,
  ) {
    this.#dispatch = new Dispatch(served.kind, calls, rows);
    this.#oldPlaces = new Dispatch(served.kind, calls, rows);
    const getting = (from: StackConfig) => ({
      get: (key: string) => from[key.replace(/^lxd:/, "") as keyof StackConfig],
    });
    void this.#dispatch.configure({ config: getting(config) });
    void this.#oldPlaces.configure({ config: getting(oldConfig) });
  }

  async check(urn: string, olds: Received, news: Received): Promise<{ inputs: Result; failures: Failure[] }> {
    const given = this.#form(withoutNulls(news.props));
    // The old inputs of an import are those that were read. The kind itself compares the object with the program.
    const importId = this.#imported.get(urn);
    const isArgument = ([key]: [string, unknown]): boolean => key in this.served.kind.schema.shape;
    const written = importId === undefined ? given : Object.fromEntries(Object.entries(given).filter(isArgument));
    const hasOlds = Object.keys(olds.props).length > 0 && importId === undefined;
    const before = hasOlds ? { ...this.#storedInputs(olds.props), ...(await this.#oldPlace(olds.props, written)) } : {};
    const bag = { ...written, ...this.#told(urn, secretInputs(written, news.secrets)), __import: importId };
    const { inputs, failures } = await this.#dispatch.check(before, bag, {
      exists: hasOlds || importId !== undefined,
    });
    const own = shown(inputs);
    if (written["name"] === undefined && own["name"] !== undefined) own[defaultsKey] = ["name"];
    return { inputs: { props: own, secrets: secretInputs(own, news.secrets) }, failures };
  }

  async diff(
    urn: string,
    { id, inputs, outputs }: Stored,
    { news, ignored }: { news: Received; ignored: string[] },
  ): Promise<{ changes: boolean; replaces: string[]; deleteBeforeReplace: boolean; changed: Changed[] }> {
    const compared = this.#imported.has(urn) ? news.props : inputs.props;
    const before = { ...this.#state(urn, outputs.props, compared), [secretsKey]: topLevel(inputs.secrets) };
    const kept = this.#withIgnored(news.props, before, ignored);
    const where = await this.#dispatch.desired(kept["remote"], before as ServerIdentity);
    const after = { ...shown(kept), ...where, __urn: urn, [secretsKey]: topLevel(news.secrets) };
    const found = await this.#dispatch.diff(id, before, after);
    return { ...found, changed: this.#dispatch.compare(before, after).changed };
  }

  async create(urn: string, news: Received, timeoutMs: number | undefined): Promise<{ id: string; outputs: Result }> {
    const { id, outs } = await this.#dispatch.create(this.#bag(urn, news), timeoutMs);
    return { id, outputs: this.outputsOf(outs, news) };
  }

  previewCreate(news: Received): Result {
    return this.#outputs(createdOutputs(this.served, shown(news.props)), news);
  }

  async update(
    urn: string,
    { id, inputs, outputs }: Stored,
    { news, ignored, timeoutMs }: { news: Received; ignored: string[]; timeoutMs: number | undefined },
  ): Promise<Result> {
    const before = { ...this.#state(urn, outputs.props, inputs.props), [secretsKey]: topLevel(outputs.secrets) };
    const { __server } = before as ServerIdentity;
    const kept = { ...news, props: this.#withIgnored(news.props, before, ignored) };
    const { outs } = await this.#dispatch.update(id, before, { ...this.#bag(urn, kept), __server }, timeoutMs);
    return this.outputsOf(outs, kept);
  }

  previewUpdate({ inputs, outputs }: Stored, news: Received, ignored: string[]): Result {
    const kept = shown(this.#withIgnored(news.props, outputs.props, ignored));
    const olds = { inputs: shown(inputs.props), outputs: shown(outputs.props) };
    return this.#outputs(updatedOutputs(this.served, olds, kept), news);
  }

  /** Undefined if the object no longer exists. Without a state, reads an object of which only the ID is known. */
  async read(urn: string, { id, inputs, outputs }: Stored): Promise<{ inputs: Result; outputs: Result } | undefined> {
    const isImport = outputs.props["__identity"] === undefined;
    const given = withoutNulls({ ...this.served.imported, ...inputs.props, ...outputs.props });
    const known = isImport ? this.#form(given) : outputs.props;
    const state = { ...this.#state(urn, known, inputs.props), [secretsKey]: topLevel(outputs.secrets) };
    const found = await this.#dispatch.read(id, state, { isImport });
    if (isImport) this.#imported.set(urn, id);
    if (found.id === "") return undefined;
    const read = shown(found.inputs ?? {});
    if (read["name"] === inputs.props["name"] && inputs.props[defaultsKey] !== undefined)
      read[defaultsKey] = inputs.props[defaultsKey];
    const secrets = secretInputs(read, topLevel(inputs.secrets) ?? []);
    const outs = this.outputsOf(found.props, inputs);
    const others = isImport ? (this.served.secretIfRead ?? []) : (topLevel(outputs.secrets) ?? []).map(([key]) => key);
    return {
      inputs: { props: read, secrets },
      outputs: { ...outs, secrets: [...outs.secrets, ...others.map((key) => [String(key)])] },
    };
  }

  async delete(urn: string, { id, outputs }: Stored, timeoutMs: number | undefined): Promise<void> {
    const state = { ...this.#state(urn, outputs.props, outputs.props), [secretsKey]: topLevel(outputs.secrets) };
    await this.#dispatch.delete(id, state, timeoutMs);
  }

  /** The outputs to return, from those of the dispatcher. */
  outputsOf(outs: Props, inputs: Received): Result {
    const kept = Object.fromEntries(Object.entries(outs).filter(([key]) => !told.includes(key)));
    return this.#outputs(kept, inputs);
  }

  #outputs(props: Props, { props: written, secrets }: Received): Result {
    const { secret = [], secretWith } = this.served;
    const found = secretOutputs(props, written, secretInputs(written, secrets));
    const isAffected = secretWith !== undefined && secrets.some(([key]) => secretWith.inputs.includes(String(key)));
    const more = [...secret, ...(isAffected ? secretWith.outputs : [])].filter((key) => props[key] !== undefined);
    return { props, secrets: [...found, ...more.map((key) => [key])] };
  }

  #form(inputs: Props): Props {
    const { toForm = (same: Props) => same } = this.served;
    return toForm(withRemote(inputs));
  }

  #told(urn: string, secrets: readonly Path[]): Props {
    const paths = ownPaths(secrets);
    return { __urn: urn, ...(paths && { [secretsKey]: paths }) };
  }

  #bag(urn: string, { props, secrets }: Received): Props {
    return { ...shown(props), ...this.#told(urn, secretInputs(props, secrets)) };
  }

  /**
   * The state as the dispatcher knows it. It has the URN under which it was written, which `aliases` may change. The
   * arguments in the outputs of an imported object are all that the server has; what the program says of it, which the
   * import has compared with the object, are the inputs.
   */
  #state(urn: string, outputs: Props, inputs: Props): Props {
    if (outputs["__adopted"] === undefined) return { __urn: urn, ...outputs };
    const isOther = ([key]: [string, unknown]): boolean =>
      !(key in this.served.kind.policies) || key.startsWith("__") || naming.includes(key);
    const others = Object.entries(outputs).filter(isOther);
    return { __urn: urn, ...Object.fromEntries(others), ...shown(inputs) };
  }

  #storedInputs(inputs: Props): Props {
    const { [defaultsKey]: defaults, ...own } = inputs;
    const isAutomatic = Array.isArray(defaults) && defaults.includes("name");
    return isAutomatic ? { ...own, [automaticNameKey]: own["name"] } : own;
  }

  /**
   * Where a resource was when its old inputs were stored: a check gets no state. The server is asked only if the program
   * or the configuration now leads to another place.
   */
  async #oldPlace({ remote: before }: Props, { remote: now }: Props): Promise<ServerIdentity> {
    try {
      const at = this.#oldPlaces.placeOf(before);
      return hasUnknown(now) || this.#dispatch.placeOf(now) === at
        ? { __at: at }
        : await this.#oldPlaces.desired(before, {});
    } catch {
      // What is wrong with the server is reported by the check.
      return {};
    }
  }

  /** What a check computes from other inputs, such as the digest of a source. */
  get #computed(): string[] {
    const { policies, schema } = this.served.kind;
    return Object.keys(policies).filter((key) => !(key in schema.shape) && !key.startsWith("__"));
  }

  /**
   * The resource option `ignoreChanges`: the values of the state, also of what a check computes from an ignored source.
   */
  #withIgnored(news: Props, state: Props, ignored: string[]): Props {
    const computed = ignored.includes("source") ? this.#computed : [];
    const paths = [...ignored.filter((path) => !path.includes("*")), ...computed].map(stepsOf);
    return withValuesOf(state, paths, news);
  }
}

/** Without what only the provider uses. */
function shown(props: Props): Props {
  return Object.fromEntries(Object.entries(props).filter(([key]) => !key.startsWith("__")));
}

/** The properties that contain secrets, whose places may differ between inputs and outputs. */
function topLevel(secrets: readonly Path[]): Path[] | undefined {
  const keys = [...new Set(secrets.map(([key]) => key))].filter((key) => key !== undefined && key !== "remote");
  return keys.length === 0 ? undefined : keys.map((key) => [key as string | number]);
}
