// What can be asked of a server, for those that the client itself is made of.

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
