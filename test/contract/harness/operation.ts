// Follows what a write answered to its end, whichever form the daemon gives: sync, async, old or new wait reply.
import { at, type RawClient, type RawReply } from "./raw";

export interface Outcome {
  ok: boolean;
  /** Whether an operation did it, and not the request itself. */
  wasAsync: boolean;
  /** The error's text; empty when it went well. */
  error: string;
  /** The HTTP-like code of the error; 0 where the daemon does not say it, 200 when it went well. */
  code: number;
  /** The operation as it was accepted. */
  operation: Record<string, unknown>;
  /** The metadata of the operation when it ended. */
  metadata: Record<string, unknown> | null;
}

const asMap = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** A failed operation says no code in the newer form. */
function failedOperation(operation: unknown, accepted: unknown): Outcome {
  const error = String(at(operation, "err"));
  const metadata = asMap(at(operation, "metadata"));
  return { ok: false, wasAsync: true, error, code: 0, operation: asMap(accepted), metadata };
}

async function follow(raw: RawClient, url: string, accepted: unknown): Promise<Outcome> {
  const { body } = await raw.get(`${url}/wait?timeout=60`);
  if (body.type === "error") {
    const rest = await raw.get(url);
    const metadata = asMap(at(rest.body, "metadata", "metadata"));
    const { error = "", error_code: code = 0 } = body;
    return { ok: false, wasAsync: true, error, code, operation: asMap(accepted), metadata };
  }
  if (at(body, "metadata", "status_code") !== 200) return failedOperation(body.metadata, accepted);
  const metadata = at(body, "metadata", "metadata") as Record<string, unknown> | null;
  return { ok: true, wasAsync: true, error: "", code: 200, operation: asMap(accepted), metadata };
}

/** What came of a write in the end. */
export async function settle(raw: RawClient, reply: RawReply): Promise<Outcome> {
  const { type, operation = "", error = "", error_code: code = 0, metadata } = reply.body;
  if (type === "async") return follow(raw, operation, metadata);
  const ok = type === "sync";
  return { ok, wasAsync: false, error, code: ok ? reply.status : code, operation: {}, metadata: null };
}
