// A change request: JSON, or an upload with the headers that servers require.
import { type Query, withQuery } from "../transport/paths";
import { type HttpRequest } from "../transport/transport";
import { type UploadStream } from "../transport/watched-upload";

export interface Change {
  method: "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  query?: Query;
  json?: unknown;
  upload?: { stream: UploadStream; sizeBytes: number | undefined; headers: Record<string, string> };
  ifMatch?: string | undefined;
  /** Additional headers, for requests without a body. */
  headers?: Record<string, string>;
  /** How long the change may take after the server has accepted it. Default: 10 minutes. */
  deadlineMs?: number;
  /** Called with the server's progress, if it reports any. */
  onProgress?: (text: string) => void;
  /** Once accepted, the change waits only for a guest, so it does not count as load on the server. */
  isUpToGuest?: boolean;
}

export const defaultDeadlineMs = 10 * 60_000;

export function toHttp(change: Change): HttpRequest {
  const { upload, ifMatch } = change;
  const headers: Record<string, string> = {
    ...change.headers,
    ...(ifMatch === undefined ? {} : { "If-Match": ifMatch }),
  };
  const base = {
    method: change.method,
    path: withQuery(change.path, change.query ?? {}),
    // The server sends nothing during a synchronous change.
    silenceMs: change.deadlineMs ?? defaultDeadlineMs,
  };
  if (upload !== undefined) {
    if (upload.sizeBytes !== undefined) headers["Content-Length"] = String(upload.sizeBytes);
    // Exactly this type: with any parameter, servers treat the body as JSON.
    const typed = { "Content-Type": "application/octet-stream", ...upload.headers };
    return { ...base, headers: { ...headers, ...typed }, body: upload.stream };
  }
  if (change.json === undefined) return { ...base, headers };
  return { ...base, headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(change.json) };
}
