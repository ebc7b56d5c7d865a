// Errors in the form of gRPC. A partially created resource is passed in the details, so that the engine keeps it.
import { Any, grpc, messages, statusMessages } from "./pulumi";
import { type Message } from "./wire";
import { LxdError } from "../base/errors";

export interface PartialResource {
  id: string;
  properties: Message;
  inputs: Message;
  reasons: string[];
}

/** What a gRPC service passes to its caller instead of an answer. */
export class ServiceFailure extends Error {
  readonly code = grpc.status.UNKNOWN;

  constructor(
    readonly details: string,
    readonly metadata = new grpc.Metadata(),
  ) {
    super(details);
  }
}

export function failureOf(thrown: unknown): ServiceFailure {
  return thrown instanceof ServiceFailure ? thrown : new ServiceFailure(LxdError.from(thrown).message);
}

export function partialFailure({ id, properties, inputs, reasons }: PartialResource): ServiceFailure {
  const detail = new messages.ErrorResourceInitFailed();
  detail.setId(id);
  detail.setProperties(properties);
  detail.setInputs(inputs);
  detail.setReasonsList(reasons);
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new statusMessages.Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(reasons.join("\n"));
  status.addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return new ServiceFailure(reasons.join("\n"), metadata);
}
