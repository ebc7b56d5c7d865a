// A change as it is sent: JSON, or an upload with the headers that the daemons look at.
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
  /** Further headers, for what has no body. */
  headers?: Record<string, string>;
  /** How long the change may take after the daemon has accepted it. Default 10 minutes. */
  deadlineMs?: number;
  /** Told how far the daemon is, if it says so. */
  onProgress?: (text: string) => void;
  /** Once accepted, it is a guest that is waited for: the server is free for other changes. */
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
    // What a daemon does at once, it does in silence.
    silenceMs: change.deadlineMs ?? defaultDeadlineMs,
  };
  if (upload !== undefined) {
    if (upload.sizeBytes !== undefined) headers["Content-Length"] = String(upload.sizeBytes);
    // Exactly this type: with any parameter the daemons take the body for JSON.
    const typed = { "Content-Type": "application/octet-stream", ...upload.headers };
    return { ...base, headers: { ...headers, ...typed }, body: upload.stream };
  }
  if (change.json === undefined) return { ...base, headers };
  return { ...base, headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(change.json) };
}
