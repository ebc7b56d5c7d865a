// The form in which Pulumi stores a resource of a dynamic provider: without what follows from the rest. With a file as its
// backend, the engine writes the whole state at each step, so size is time.
import { isDeepStrictEqual } from "node:util";
import { type AnyKind, type ServerInputs } from "../../kind/kind";
import { plain, type Props, withoutNulls } from "../../kind/props";
import { withDefaults } from "../written-inputs";
import { type DynamicProvider } from "./dynamic-provider";

type Call<Name extends keyof DynamicProvider> = DynamicProvider[Name];

/** The full fingerprint of the server is in the outputs; inputs are only compared with it. */
const shortFingerprint = 16;

/** Serves a provider that knows complete states only. Complete states, as earlier releases stored them, stay valid. */
export class CompactState<Inputs extends ServerInputs, Outputs extends Inputs, Found> implements DynamicProvider {
  readonly #type: string;

  constructor(
    className: string,
    private readonly kind: AnyKind<Inputs, Outputs, Found>,
    private readonly served: DynamicProvider,
  ) {
    this.#type = `pulumi-nodejs:dynamic/lxd:${className}`;
  }

  readonly configure: Call<"configure"> = (request) => this.served.configure(request);

  readonly check: Call<"check"> = async (olds, news) => {
    const { inputs, failures } = await this.served.check(this.#withUrn(olds), this.#withUrn(news));
    return { inputs: this.#compactInputs(inputs), failures };
  };

  readonly diff: Call<"diff"> = (id, olds, news) => this.served.diff(id, this.#complete(olds), this.#withUrn(news));

  readonly create: Call<"create"> = async (inputs) => {
    const { id, outs } = await this.#kept(this.served.create(this.#toApply(inputs)));
    return { id, outs: this.#compact(outs) };
  };

  readonly read: Call<"read"> = async (id, state) => {
    const { inputs, props, ...found } = await this.served.read(id, this.#complete(state));
    return { ...found, props: this.#compact(props), ...(inputs && { inputs: this.#compactInputs(inputs) }) };
  };

  readonly update: Call<"update"> = async (id, olds, news) => {
    const before = this.#complete(olds);
    const { outs } = await this.#kept(this.served.update(id, before, this.#toApply(news, before["__server"])));
    return { outs: this.#compact(outs) };
  };

  readonly delete: Call<"delete"> = (id, state) => this.served.delete(id, this.#complete(state));

  /** A partially created resource is stored as well. */
  #kept<T>(work: Promise<T>): Promise<T> {
    return work.catch((error: unknown) => {
      const { properties } = error as { properties?: Props };
      throw properties === undefined ? error : Object.assign(error as Error, { properties: this.#compact(properties) });
    });
  }

  #compactInputs(inputs: Props): Props {
    const { __server: server } = inputs;
    return { ...this.#withShortUrn(inputs), ...(typeof server === "string" && { __server: shortened(server) }) };
  }

  /** The inputs of a create or update: the server that they will be on is asked for the rest of its fingerprint. */
  #toApply({ __server: short, ...inputs }: Props, known?: unknown): Props {
    const isKnown = typeof known === "string" && typeof short === "string" && known.startsWith(short);
    return { ...this.#withUrn(inputs), ...(isKnown && { __server: known }) };
  }

  #compact(state: Props): Props {
    if (state["__schema"] === undefined) return state;
    const { __identity: identity, ...rest } = this.#withShortUrn(state);
    const kept = Object.entries(rest).filter(([key]) => !this.#isOmitted(state, key));
    const isImplied = this.kind.identityOfState?.(rest as unknown as Outputs) === identity;
    return { ...Object.fromEntries(kept), ...(!isImplied && { __identity: identity }) };
  }

  #isOmitted(state: Props, key: string): boolean {
    const { [key]: value, ...others } = state;
    return (
      this.#omitted.includes(key) && isDeepStrictEqual(plain({ value }), plain({ value: this.#default(others, key) }))
    );
  }

  #complete(state: Props): Props {
    const whole = this.#withUrn(state);
    if (state["__schema"] === undefined) return whole;
    const absent = this.#omitted.filter((key) => whole[key] === undefined || whole[key] === null);
    const defaults = Object.fromEntries(absent.map((key) => [key, this.#default(whole, key)]));
    const identity = whole["__identity"] ?? this.kind.identityOfState?.(whole as unknown as Outputs);
    return { ...whole, ...defaults, __identity: identity };
  }

  get #omitted(): readonly string[] {
    return this.kind.omittedDefaults ?? [];
  }

  #default(state: Props, key: string): unknown {
    return withDefaults(this.kind, withoutNulls(state))[key];
  }

  /** Without the part of the URN that all resources of the class have. */
  #withShortUrn(props: Props): Props {
    const { __urn: urn } = props;
    if (typeof urn !== "string") return props;
    const short = urn.replace(/^urn:pulumi:/, "").replace(`${this.#type}::`, "::");
    return this.#urn(short) === urn ? { ...props, __urn: short } : props;
  }

  #withUrn(props: Props): Props {
    const { __urn: urn } = props;
    return typeof urn !== "string" || urn.startsWith("urn:") ? props : { ...props, __urn: this.#urn(urn) };
  }

  #urn(short: string): string {
    const [stack = "", project = "", parents = "", ...name] = short.split("::");
    return `urn:pulumi:${stack}::${project}::${parents}${this.#type}::${name.join("::")}`;
  }
}

function shortened(fingerprint: string): string {
  return fingerprint.slice(0, shortFingerprint);
}
