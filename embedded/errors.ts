// The one error that a handler or an operation throws: an HTTP status and the daemon's own words.

export class DaemonError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "DaemonError";
  }
}

/** 400: the request itself is wrong. */
export const badRequest = (message: string): DaemonError => new DaemonError(400, message);

/** 403: not for this caller, or never. */
export const forbidden = (message: string): DaemonError => new DaemonError(403, message);

/** 404: the object, or the thing that it needs, does not exist. */
export const notFound = (message: string): DaemonError => new DaemonError(404, message);

/** 409: the name is taken. */
export const conflict = (message: string): DaemonError => new DaemonError(409, message);

/** 500: what the real daemons answer to most failed validations in their drivers. */
export const failed = (message: string): DaemonError => new DaemonError(500, message);

/** Anything thrown as a DaemonError; an unexpected failure keeps its text with status 500. */
export function toDaemonError(error: unknown): DaemonError {
  if (error instanceof DaemonError) return error;
  return failed(error instanceof Error ? error.message : String(error));
}

/** Runs `action`; a DaemonError out of it keeps its status and gets `prefix: ` in front. */
export function wrapErrors<T>(prefix: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { status, message } = toDaemonError(error);
    throw new DaemonError(status, `${prefix}: ${message}`);
  }
}
