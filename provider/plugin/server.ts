// Serves the provider by gRPC: converts the messages of Pulumi's protocol.
import type * as Grpc from "@grpc/grpc-js";
import { type CheckRequest, type DiffRequest } from "@pulumi/pulumi/proto/provider_pb";
import { failureOf, type ServiceFailure } from "./failures";
import { checkFailure, resourceOperations } from "./operations";
import { type PluginProvider } from "./provider";
import { Empty, grpc, messages, PluginInfo, ResourceProviderService } from "./pulumi";
import { received, sent } from "./wire";

export interface Served {
  provider: PluginProvider;
  version: string;
  /** Returns the text of the schema. */
  schema: () => string;
}

/** Sizes of Pulumi's own clients. */
const options = { "grpc.max_receive_message_length": 400 << 20, "grpc.max_send_message_length": 400 << 20 };

/** Returns the port. */
export async function serve(served: Served): Promise<{ port: number; server: Grpc.Server }> {
  const server = new grpc.Server(options);
  server.addService(ResourceProviderService, serviceOf(served));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { port, server };
}

type Handler = (call: { request: never }, callback: (failure: ServiceFailure | null, answer?: unknown) => void) => void;

/** Answers with the result of the work, or with the failure. */
function answering(work: (request: never) => unknown): Handler {
  return ({ request }, callback) => {
    Promise.resolve()
      .then(() => work(request))
      .then(
        (answer) => callback(null, answer),
        (error: unknown) => callback(failureOf(error)),
      );
  };
}

function serviceOf({ provider, version, schema }: Served): Grpc.UntypedServiceImplementation {
  const operations = resourceOperations((urn) => provider.resource(urn));
  const handlers: Record<string, Handler> = {
    ...configuration(provider),
    ...Object.fromEntries(Object.entries(operations).map(([name, work]) => [name, answering(work)])),
    getSchema: answering((request: InstanceType<typeof messages.GetSchemaRequest>) => {
      if (request.getVersion() !== 0) throw new Error(`there is no schema of version ${request.getVersion()}`);
      return new messages.GetSchemaResponse().setSchema(schema());
    }),
    getPluginInfo: answering(() => new PluginInfo().setVersion(version)),
    getMapping: answering(() => new messages.GetMappingResponse()),
    getMappings: answering(() => new messages.GetMappingsResponse()),
    invoke: answering(async (request: InstanceType<typeof messages.InvokeRequest>) => {
      const { props } = received(request.getArgs());
      return new messages.InvokeResponse().setReturn(sent(await provider.invoke(request.getTok(), props), []));
    }),
  };
  return handlers as unknown as Grpc.UntypedServiceImplementation;
}

function configuration(provider: PluginProvider): Record<string, Handler> {
  return {
    handshake: answering((request: InstanceType<typeof messages.ProviderHandshakeRequest>) => {
      provider.attach(request.getEngineAddress());
      return new messages.ProviderHandshakeResponse().setAcceptSecrets(true);
    }),
    attach: answering((request: { getAddress: () => string }) => {
      provider.attach(request.getAddress());
      return new Empty();
    }),
    cancel: answering(() => {
      provider.cancel();
      return new Empty();
    }),
    checkConfig: answering((request: CheckRequest) => {
      const failures = provider.checkConfig(received(request.getNews()));
      const answer = new messages.CheckResponse();
      return answer.setInputs(request.getNews()).setFailuresList(failures.map(checkFailure));
    }),
    diffConfig: answering((request: DiffRequest) => {
      const olds = received(request.getOldInputs() ?? request.getOlds());
      const changed = provider.diffConfig(olds.props, received(request.getNews()).props);
      const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
      return new messages.DiffResponse().setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE).setDiffsList(changed);
    }),
    configure: answering((request: InstanceType<typeof messages.ConfigureRequest>) => {
      provider.configure(received(request.getArgs()).props);
      return new messages.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
  };
}
