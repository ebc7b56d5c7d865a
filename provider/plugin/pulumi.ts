// Loads gRPC and the generated code of Pulumi's protocol, which is all that this package uses of Pulumi's code.
import type * as AnyPb from "google-protobuf/google/protobuf/any_pb";
import type * as EmptyPb from "google-protobuf/google/protobuf/empty_pb";
import type * as Grpc from "@grpc/grpc-js";
import type * as Plugin from "@pulumi/pulumi/proto/plugin_pb";
import type * as Provider from "@pulumi/pulumi/proto/provider_pb";
import type * as ProviderGrpc from "@pulumi/pulumi/proto/provider_grpc_pb";
import type * as Status from "@pulumi/pulumi/proto/status_pb";
import type * as StructPb from "google-protobuf/google/protobuf/struct_pb";
import { createRequire } from "node:module";

/** Resolves from Pulumi's own location, because gRPC and the messages are dependencies of Pulumi. */
const load = createRequire(createRequire(__filename).resolve("@pulumi/pulumi/package.json"));

export const grpc = load("@grpc/grpc-js") as typeof Grpc;
export const { Any } = load("google-protobuf/google/protobuf/any_pb.js") as typeof AnyPb;
export const { Empty } = load("google-protobuf/google/protobuf/empty_pb.js") as typeof EmptyPb;
export const { Struct } = load("google-protobuf/google/protobuf/struct_pb.js") as typeof StructPb;
export const messages = load("./proto/provider_pb") as typeof Provider;
export const { PluginInfo } = load("./proto/plugin_pb") as typeof Plugin;
export const { ResourceProviderService, ResourceProviderClient } = load(
  "./proto/provider_grpc_pb",
) as typeof ProviderGrpc;
export const statusMessages = load("./proto/status_pb") as typeof Status;
