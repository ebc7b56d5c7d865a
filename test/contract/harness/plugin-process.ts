// The plugin, served by gRPC and called by Pulumi's own client, with the interface of the dynamic-provider process.
//
// With `PROVIDER_HOST=plugin`, every stack of the contract suite is driven through it.
import { isDeepStrictEqual } from "node:util";
import type * as Grpc from "@grpc/grpc-js";
import { type Difference, type DynamicProvider } from "../../../provider/engine/pulumi/dynamic-provider";
import { type Calls } from "../../../provider/engine/pulumi/calls";
import { hasUnknown } from "../../../provider/kind/unknowns";
import { PluginProvider } from "../../../provider/plugin/provider";
import { grpc, messages, ResourceProviderClient, statusMessages } from "../../../provider/plugin/pulumi";
import { type Path } from "../../../provider/plugin/secrets";
import { serve } from "../../../provider/plugin/server";
import { type Message, received, sent } from "../../../provider/plugin/wire";

type Props = Record<string, unknown>;
type Method = keyof InstanceType<typeof ResourceProviderClient>;

/** Whether the suite runs through the plugin. */
export const isPlugin = process.env["PROVIDER_HOST"] === "plugin";

export class PluginProcess {
  readonly #connected: Promise<{ client: InstanceType<typeof ResourceProviderClient>; server: Grpc.Server }>;
  readonly #oldInputs = new Map<string, Props>();
  readonly #imported = new Map<string, { id: string; outs: Props }>();

  constructor(calls: Calls, config: Record<string, unknown> = {}) {
    this.#connected = this.#connect(new PluginProvider(calls), config);
    this.#connected.catch(() => undefined);
  }

  /** The provider of one kind, as the dynamic-provider server would serve it. */
  get dynamic(): DynamicProvider {
    return {
      configure: () => Promise.resolve(),
      check: (olds, news) => this.#check(olds, news),
      diff: (id, olds, news) => this.#diff(id, olds, news),
      create: (inputs) => this.#create(inputs),
      read: (id, state) => this.#read(id, state),
      update: (id, olds, news) => this.#update(id, olds, news),
      delete: async (id, state) => {
        const request = new messages.DeleteRequest().setId(id).setUrn(urnOf(state)).setProperties(ofState(state));
        await this.#ask("delete", request);
      },
    };
  }

  async #connect(
    provider: PluginProvider,
    config: Props,
  ): Promise<{ client: InstanceType<typeof ResourceProviderClient>; server: Grpc.Server }> {
    const { port, server } = await serve({ provider, version: "0.0.0", schema: () => "{}" });
    const client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    const own = Object.entries(config).map(([key, value]) => [key.replace(/^lxd:/, ""), value]);
    const args = sent(Object.fromEntries(own) as Props, []);
    await asked(client, "configure", new messages.ConfigureRequest().setArgs(args));
    return { client, server };
  }

  async close(): Promise<void> {
    const { client, server } = await this.#connected;
    client.close();
    server.forceShutdown();
  }

  async #ask<Answer>(method: Method, request: object): Promise<Answer> {
    return asked((await this.#connected).client, method, request);
  }

  async #check(
    oldProps: Props,
    news: Props,
  ): Promise<{ inputs: Props; failures: { property: string; reason: string }[] }> {
    const urn = urnOf(news);
    const importId = news["__import"] as string | undefined;
    const isImport = importId !== undefined && Object.keys(oldProps).length === 0 && !this.#oldInputs.has(urn);
    const read = isImport ? await this.#readNew(urn, importId) : undefined;
    if (isImport && read === undefined) return { inputs: news, failures: [failed(`import: there is no ${importId}`)] };
    const olds = read?.inputs ?? oldProps;
    if (Object.keys(olds).length > 0) this.#oldInputs.set(urn, olds);
    const request = new messages.CheckRequest().setUrn(urn).setOlds(ofInputs(olds)).setNews(ofInputs(news));
    const answer = await this.#ask<InstanceType<typeof messages.CheckResponse>>("check", request);
    const failures = answer.getFailuresList().map((each) => each.toObject());
    const { __provider, __secrets, ...internal } = Object.fromEntries(
      Object.entries(news).filter(([key]) => key.startsWith("__")),
    );
    const inputs = { ...props(answer.getInputs()), ...internal };
    if (read === undefined || failures.length > 0) return { inputs, failures };
    const { changes } = await this.#diff(importId ?? "", read.outs, inputs);
    if (changes) return { inputs, failures: [failed("import: the inputs do not match the existing resource")] };
    this.#imported.set(urn, { id: importId ?? "", outs: read.outs });
    return { inputs, failures: [] };
  }

  async #readNew(urn: string, id: string): Promise<{ inputs: Props; outs: Props } | undefined> {
    const found = await this.#read(id, { __urn: urn });
    return found.id === "" ? undefined : { inputs: found.inputs ?? {}, outs: found.props };
  }

  async #diff(id: string, olds: Props, news: Props): Promise<Difference> {
    const urn = urnOf(news);
    const oldInputs = ofInputs(this.#oldInputs.get(urn) ?? {});
    const request = new messages.DiffRequest().setId(id).setUrn(urn).setOldInputs(oldInputs);
    const answer = await this.#ask<InstanceType<typeof messages.DiffResponse>>(
      "diff",
      request.setOlds(ofState(olds)).setNews(ofInputs(news)),
    );
    const { DIFF_SOME } = messages.DiffResponse.DiffChanges;
    const [changes, replaces] = [answer.getChanges() === DIFF_SOME, answer.getReplacesList()];
    requireDetails(answer);
    return { changes, replaces, deleteBeforeReplace: answer.getDeletebeforereplace() };
  }

  async #create(inputs: Props): Promise<{ id: string; outs: Props }> {
    const urn = urnOf(inputs);
    const imported = this.#imported.get(urn);
    this.#imported.delete(urn);
    if (imported !== undefined) return imported;
    const request = (isPreview: boolean) =>
      new messages.CreateRequest().setUrn(urn).setProperties(ofInputs(inputs)).setPreview(isPreview);
    type Answer = InstanceType<typeof messages.CreateResponse>;
    const shown = props((await this.#ask<Answer>("create", request(true))).getProperties());
    const answer = await this.#ask<Answer>("create", request(false));
    const outs = props(answer.getProperties());
    requireAsShown(shown, outs);
    return { id: answer.getId(), outs };
  }

  async #read(id: string, state: Props): Promise<{ id: string; props: Props; inputs?: Props }> {
    const request = new messages.ReadRequest().setId(id).setUrn(urnOf(state)).setProperties(ofState(state));
    const oldInputs = this.#oldInputs.get(urnOf(state));
    if (oldInputs !== undefined) request.setInputs(ofInputs(oldInputs));
    const answer = await this.#ask<InstanceType<typeof messages.ReadResponse>>("read", request);
    const inputs = { ...props(answer.getInputs()), __urn: urnOf(state) };
    return { id: answer.getId(), props: props(answer.getProperties()), inputs };
  }

  async #update(id: string, olds: Props, news: Props): Promise<{ outs: Props }> {
    const urn = urnOf(news);
    const oldInputs = ofInputs(this.#oldInputs.get(urn) ?? {});
    const request = (isPreview: boolean) =>
      new messages.UpdateRequest()
        .setId(id)
        .setUrn(urn)
        .setOldInputs(oldInputs)
        .setOlds(ofState(olds))
        .setNews(ofInputs(news))
        .setPreview(isPreview);
    type Answer = InstanceType<typeof messages.UpdateResponse>;
    const shown = props((await this.#ask<Answer>("update", request(true))).getProperties());
    const outs = props((await this.#ask<Answer>("update", request(false))).getProperties());
    requireAsShown(shown, outs);
    return { outs };
  }
}

/** Calls a method, as Pulumi's engine does. */
export function asked<Answer>(
  client: InstanceType<typeof ResourceProviderClient>,
  method: Method,
  request: object,
): Promise<Answer> {
  type Call = (request: object, done: (error: Grpc.ServiceError | null, answer: Answer) => void) => void;
  return new Promise((resolve, reject) => {
    const call = (client[method] as unknown as Call).bind(client);
    call(request, (error, answer) => (error === null ? resolve(answer) : reject(errorOf(error))));
  });
}

/** The error as the engine understands it. */
function errorOf(error: Grpc.ServiceError): Error {
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (!Buffer.isBuffer(bytes)) return new Error(error.details);
  const [detail] = statusMessages.Status.deserializeBinary(bytes).getDetailsList();
  const value = detail?.getValue_asU8() ?? new Uint8Array();
  const partial = messages.ErrorResourceInitFailed.deserializeBinary(value);
  const properties = props(partial.getProperties());
  return Object.assign(new Error(error.details), {
    id: partial.getId(),
    properties,
    reasons: partial.getReasonsList(),
  });
}

/** What the tests store beside the properties; the engine stores secrets in another form and the rest elsewhere. */
const ofTest = ["__provider", "__secrets"];

function ofState(state: Props): Message {
  return message(state, (key) => !ofTest.includes(key));
}

function ofInputs(inputs: Props): Message {
  return message(inputs, (key) => !key.startsWith("__") || key === "__defaults");
}

function message(all: Props, isSent: (key: string) => boolean): Message {
  const entries = Object.entries(all).filter(([key]) => isSent(key));
  return sent(Object.fromEntries(entries), (all["__secrets"] ?? []) as Path[]);
}

function props(from: Message | undefined): Props {
  const { props: own, secrets } = received(from);
  return secrets.length === 0 ? own : { ...own, __secrets: secrets };
}

function urnOf(all: Props): string {
  return String(all["__urn"]);
}

function failed(reason: string): { property: string; reason: string } {
  return { property: "", reason };
}

/** What a preview shows must come true. */
function requireAsShown(shown: Props, outs: Props): void {
  for (const [key, value] of Object.entries(shown)) {
    if (key.startsWith("__") || hasUnknown(value) || isDeepStrictEqual(value, outs[key])) continue;
    throw new Error(`the preview shows ${key} as ${JSON.stringify(value)}, but it is ${JSON.stringify(outs[key])}`);
  }
}

/** A replacement must be seen in the details, which the engine matches against `replaceOnChanges` and displays. */
function requireDetails(answer: InstanceType<typeof messages.DiffResponse>): void {
  const kinds = [...answer.getDetaileddiffMap().entries()].map(([, detail]) => detail.getKind());
  const { ADD_REPLACE, DELETE_REPLACE, UPDATE_REPLACE } = messages.PropertyDiff.Kind;
  const isReplacing = kinds.some((kind) => ([ADD_REPLACE, DELETE_REPLACE, UPDATE_REPLACE] as number[]).includes(kind));
  if (answer.getReplacesList().length > 0 !== isReplacing)
    throw new Error("details and `replaces` contradict each other");
}
