// The request interface for modules that the client itself is built from.
import type * as z from "zod";
import { type Query } from "../transport/paths";
import { type Change } from "./change";
import { type Envelope, type WireOperation } from "./envelope";
import { type HttpReply } from "../transport/transport";

export interface Found<T> {
  value: T;
  /** For `ifMatch` of a later change. */
  etag: string | undefined;
}

/** Options of a read. */
export interface ReadOptions {
  /** How long the server may stay silent. */
  silenceMs?: number;
  /** A long-running read, which does not count as a short one. */
  isLong?: boolean;
  /** Not worth retrying while the server is away. */
  isOptional?: boolean;
}

/** What the client offers to its own parts for requests to the server. */
export interface Requests {
  readonly transport: { readonly place: string };
  get<S extends z.ZodType>(path: string, schema: S, query?: Query, options?: ReadOptions): Promise<Found<z.output<S>>>;
  /** Like `get`, but returns undefined if the object does not exist. */
  find<S extends z.ZodType>(
    path: string,
    schema: S,
    query?: Query,
    options?: ReadOptions,
  ): Promise<Found<z.output<S>> | undefined>;
  change(change: Change): Promise<WireOperation | undefined>;
  /** Pauses between two polls of the server. */
  pause(ms: number): Promise<void>;
}

/** An answer of the server to a read. */
export interface Answer {
  envelope: Envelope;
  reply: Pick<HttpReply, "headers">;
}

/** Decides for each read whether it is sent. */
export interface Reads {
  /** Returns an earlier answer for a path with its query, or calls `send`. */
  read(path: string, send: () => Promise<Answer>): Promise<Answer>;
}
