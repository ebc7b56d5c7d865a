// The engine's operations on resources: their messages as calls of the kind, and its results as messages.
import {
  type CheckRequest,
  type CreateRequest,
  type DeleteRequest,
  type DiffRequest,
  type ReadRequest,
  type UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { detailsOf } from "./detail";
import { partialFailure } from "./failures";
import { type Failure } from "../kind/kind";
import { type Props } from "../kind/props";
import { Empty, messages } from "./pulumi";
import { type Result, type ServedResource, type Stored } from "./resource";
import { secretInputs } from "./secrets";
import { type Message, type Received, received, sent } from "./wire";

type Of = (urn: string) => Promise<ServedResource>;

export function resourceOperations(of: Of): Record<string, (request: never) => Promise<unknown>> {
  return {
    check: async (request: CheckRequest) => {
      const urn = request.getUrn();
      const [olds, news] = [received(request.getOlds()), received(request.getNews())];
      const { inputs, failures } = await (await of(urn)).check(urn, olds, news);
      return new messages.CheckResponse().setInputs(message(inputs)).setFailuresList(failures.map(checkFailure));
    },
    diff: async (request: DiffRequest) => diff(await of(request.getUrn()), request),
    create: async (request: CreateRequest) => create(await of(request.getUrn()), request),
    read: async (request: ReadRequest) => {
      const urn = request.getUrn();
      const stored = { ...storedIn(request.getId(), request.getProperties()), inputs: received(request.getInputs()) };
      const found = await (await of(urn)).read(urn, stored);
      const answer = new messages.ReadResponse();
      if (found === undefined) return answer;
      const { inputs, outputs } = found;
      return answer.setId(stored.id).setProperties(message(outputs)).setInputs(message(inputs));
    },
    update: async (request: UpdateRequest) => update(await of(request.getUrn()), request),
    delete: async (request: DeleteRequest) => {
      const urn = request.getUrn();
      const stored = storedIn(request.getId(), request.getProperties());
      await (await of(urn)).delete(urn, stored, timeoutOf(request));
      return new Empty();
    },
  };
}

async function diff(resource: ServedResource, request: DiffRequest): Promise<unknown> {
  const inputs = received(request.getOldInputs());
  const stored = { ...storedIn(request.getId(), request.getOlds()), inputs };
  const ignored = request.getIgnorechangesList();
  const found = await resource.diff(request.getUrn(), stored, { news: received(request.getNews()), ignored });
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  const answer = new messages.DiffResponse()
    .setChanges(found.changes ? DIFF_SOME : DIFF_NONE)
    .setReplacesList(found.replaces)
    .setDeletebeforereplace(found.deleteBeforeReplace);
  if (!found.changes) return answer;
  const details = detailsOf(found.changed, inputs.props);
  for (const [path, detail] of details) answer.getDetaileddiffMap().set(path, detail);
  const keys = found.changed.filter(({ cost }) => cost !== "ignore").map(({ key }) => key);
  return answer.setHasdetaileddiff(details.size > 0).setDiffsList(keys);
}

async function create(resource: ServedResource, request: CreateRequest): Promise<unknown> {
  const [urn, news] = [request.getUrn(), received(request.getProperties())];
  const answer = new messages.CreateResponse();
  if (request.getPreview()) return answer.setProperties(message(resource.previewCreate(news)));
  const work = resource.create(urn, news, timeoutOf(request));
  const { id, outputs } = await orPartial(work, { resource, news });
  return answer.setId(id).setProperties(message(outputs));
}

async function update(resource: ServedResource, request: UpdateRequest): Promise<unknown> {
  const [urn, news] = [request.getUrn(), received(request.getNews())];
  const stored = { ...storedIn(request.getId(), request.getOlds()), inputs: received(request.getOldInputs()) };
  const ignored = request.getIgnorechangesList();
  const answer = new messages.UpdateResponse();
  if (request.getPreview()) return answer.setProperties(message(resource.previewUpdate(stored, news, ignored)));
  const work = resource.update(urn, stored, { news, ignored, timeoutMs: timeoutOf(request) });
  return answer.setProperties(message(await orPartial(work, { resource, news })));
}

function storedIn(id: string, outputs: Message | undefined): Stored {
  return { id, inputs: { props: {}, secrets: [] }, outputs: received(outputs) };
}

/** Throws what the engine needs in order to keep a resource of which something was made. */
async function orPartial<T>(
  work: Promise<T>,
  { resource, news }: { resource: ServedResource; news: Received },
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!isPartial(error)) throw error;
    const { id, properties, reasons } = error;
    const inputs = message({ props: news.props, secrets: secretInputs(news.props, news.secrets) });
    throw partialFailure({ id, properties: message(resource.outputsOf(properties, news)), inputs, reasons });
  }
}

function isPartial(error: unknown): error is { id: string; properties: Props; reasons: string[] } {
  return typeof error === "object" && error !== null && "properties" in error;
}

/** Seconds; zero stands for none. */
function timeoutOf(request: { getTimeout: () => number }): number | undefined {
  const seconds = request.getTimeout();
  return seconds > 0 ? seconds * 1000 : undefined;
}

function message({ props, secrets }: Result): Message {
  return sent(props, secrets);
}

export function checkFailure({ property, reason }: Failure): InstanceType<typeof messages.CheckFailure> {
  return new messages.CheckFailure().setProperty(property).setReason(reason);
}
