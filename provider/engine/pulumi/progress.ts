// Shows a line of text on a resource's row in Pulumi's display while something long is under way.
import type * as EngineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import type * as Engine from "@pulumi/pulumi/proto/engine_pb";
import { createRequire } from "node:module";
import { type Redactor } from "../secrets/redactor";
import { isRedrawn } from "./display";
import { engineAddress } from "./pulumi-engine";
import { inLog, onTerminal, RowFilter } from "./row-filter";

export type Status = (text: string) => void;

/** A row that can be wiped, whatever its last text was. */
export interface Row {
  status: Status;
  /** Leaves a line in the diagnostics, where it stays. */
  warn: (text: string) => void;
  /** Resolves when the engine has taken it, so that the row of the result comes after it. */
  clear: () => Promise<void>;
}

type Send = (urn: string, text: string, isWarning?: boolean) => Promise<void>;
let send: Send | undefined;

/** The row of this resource. Without an engine (in tests, in the embedded use) nothing is shown. */
export function progressRow(urn: string, redactor: Redactor): Row {
  const filter = new RowFilter(isRedrawn() ? onTerminal : inLog);
  const show = (text: string, isWarning = false): Promise<void> => {
    send ??= connect(process.argv);
    return send(urn, redactor.redact(text), isWarning);
  };
  return {
    status: (text) => {
      if (filter.accept(text, performance.now())) void show(text);
    },
    warn: (text) => void show(text, true),
    clear: async () => {
      const rest = filter.rest();
      if (rest !== undefined) await show(rest);
      // Otherwise the engine repeats the last text in the row of the result.
      if (!filter.isEmpty) await show(" ");
    },
  };
}

/** This is the one place that touches Pulumi's code, and only the generated client that the server has loaded already. */
function connect(args: string[]): Send {
  const address = engineAddress(args);
  if (address === undefined) return () => Promise.resolve();
  // From where Pulumi itself is, since gRPC is its dependency and not ours.
  const load = createRequire(createRequire(__filename).resolve("@pulumi/pulumi"));
  const grpc = load("@grpc/grpc-js") as { credentials: { createInsecure: () => never } };
  const { EngineClient } = load("./proto/engine_grpc_pb") as typeof EngineGrpc;
  const { LogRequest, LogSeverity } = load("./proto/engine_pb") as typeof Engine;
  const engine = new EngineClient(`${address.host}:${address.port}`, grpc.credentials.createInsecure());
  return (urn, text, isWarning = false) => {
    const request = new LogRequest();
    request.setSeverity(isWarning ? LogSeverity.WARNING : LogSeverity.INFO);
    request.setUrn(urn);
    request.setMessage(text);
    request.setEphemeral(!isWarning);
    // A line of progress that does not arrive is no reason to fail.
    return new Promise((resolve) => {
      engine.log(request, () => resolve());
    });
  };
}
