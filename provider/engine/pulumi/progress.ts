// Displays progress on a resource's row in Pulumi's display during long operations.
import type * as EngineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import type * as Engine from "@pulumi/pulumi/proto/engine_pb";
import { createRequire } from "node:module";
import { type Redactor } from "../secrets/redactor";
import { isRedrawn } from "./display";
import { type EngineAddress, engineAddress } from "./pulumi-engine";
import { inLog, onTerminal, RowFilter } from "./row-filter";

export type Status = (text: string) => void;

/** A row that can be cleared, whatever its last text was. */
export interface Row {
  status: Status;
  /** Adds a permanent line to the row and the diagnostics. */
  note: (text: string) => void;
  /** The same as a warning. */
  warn: (text: string) => void;
  /** Resolves when the engine has received the last text, so that the row of the result follows it. */
  clear: () => Promise<void>;
}

/** `progress` is shown until the next text of the row. */
type Kind = "progress" | "note" | "warning";
type Send = (urn: string, text: string, kind: Kind) => Promise<void>;

/** Returns the row of a resource, on which secrets are redacted. */
export type Rows = (urn: string, redactor: Redactor) => Row;

let rows: Rows | undefined;

/** The rows of the engine that started this process. Without one (in tests or embedded use), nothing is displayed. */
export const progressRow: Rows = (urn, redactor) => {
  rows ??= rowsOf(() => engineAddress(process.argv));
  return rows(urn, redactor);
};

/** The rows of an engine, whose address is needed when the first text is displayed. */
export function rowsOf(engine: () => EngineAddress | undefined): Rows {
  let send: Send | undefined;
  return (urn, redactor) => rowOf(urn, redactor, (...text) => (send ??= connect(engine()))(...text));
}

function rowOf(urn: string, redactor: Redactor, send: Send): Row {
  const filter = new RowFilter(isRedrawn() ? onTerminal : inLog);
  const show = (text: string, kind: Kind = "progress"): Promise<void> => {
    return send(urn, redactor.redact(text), kind);
  };
  return {
    status: (text) => {
      if (filter.accept(text, performance.now())) void show(text);
    },
    note: (text) => void show(text, "note"),
    warn: (text) => void show(text, "warning"),
    clear: async () => {
      const rest = filter.rest();
      if (rest !== undefined) await show(rest);
      // Without this, the engine repeats the last text in the row of the result.
      if (!filter.isEmpty) await show(" ");
    },
  };
}

/** The only place that uses Pulumi's code, and only the generated client that the server has already loaded. */
function connect(address: EngineAddress | undefined): Send {
  if (address === undefined) return () => Promise.resolve();
  // Resolves gRPC from Pulumi's own location, because it is a dependency of Pulumi, not of this package.
  const load = createRequire(createRequire(__filename).resolve("@pulumi/pulumi"));
  const grpc = load("@grpc/grpc-js") as { credentials: { createInsecure: () => never } };
  const { EngineClient } = load("./proto/engine_grpc_pb") as typeof EngineGrpc;
  const { LogRequest, LogSeverity } = load("./proto/engine_pb") as typeof Engine;
  const engine = new EngineClient(`${address.host}:${address.port}`, grpc.credentials.createInsecure());
  return (urn, text, kind) => {
    const request = new LogRequest();
    request.setSeverity(kind === "warning" ? LogSeverity.WARNING : LogSeverity.INFO);
    request.setUrn(urn);
    request.setMessage(text);
    request.setEphemeral(kind === "progress");
    // A lost progress line is no reason to fail.
    return new Promise((resolve) => {
      engine.log(request, () => resolve());
    });
  };
}
