// What can be asked of a server, for those that the client itself is made of.
import { type z } from "zod";
import { type Query } from "../transport/paths";
import { type Change } from "./change";
import { type WireOperation } from "./envelope";

export interface Found<T> {
  value: T;
  /** For `ifMatch` of a later change. */
  etag: string | undefined;
}

/** How one read differs from others. */
export interface ReadOptions {
  /** How long the server may stay silent. */
  silenceMs?: number;
  /** A read that lasts, and so is not counted among the short ones. */
  isLong?: boolean;
  /** Not worth to be repeated when the server is away. */
  isOptional?: boolean;
}

/** What a client does for those parts of it that ask the server something themselves. */
export interface Requests {
  readonly transport: { readonly place: string };
  get<S extends z.ZodType>(path: string, schema: S, query?: Query, options?: ReadOptions): Promise<Found<z.output<S>>>;
  /** Like `get`, but an object that is not there is undefined. */
  find<S extends z.ZodType>(
    path: string,
    schema: S,
    query?: Query,
    options?: ReadOptions,
  ): Promise<Found<z.output<S>> | undefined>;
  change(change: Change): Promise<WireOperation | undefined>;
  /** Waits between two looks at the server. */
  pause(ms: number): Promise<void>;
}
