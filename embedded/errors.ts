// The error thrown by handlers and operations: an HTTP status and the daemon's original message.

export class DaemonError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = "DaemonError";
  }
}

/** 400: the request is not valid. */
export const badRequest = (message: string): DaemonError => new DaemonError(400, message);

/** 403: not permitted for this caller, or never. */
export const forbidden = (message: string): DaemonError => new DaemonError(403, message);

/** 404: the object or one that it requires does not exist. */
export const notFound = (message: string): DaemonError => new DaemonError(404, message);

/** 409: the name is taken. */
export const conflict = (message: string): DaemonError => new DaemonError(409, message);

/** 500: the real daemons' status for most failed validations in their drivers. */
export const failed = (message: string): DaemonError => new DaemonError(500, message);

/** Converts any thrown value to a DaemonError; an unexpected error keeps its text with status 500. */
export function toDaemonError(error: unknown): DaemonError {
  if (error instanceof DaemonError) return error;
  return failed(error instanceof Error ? error.message : String(error));
}

/** Runs `action`; a DaemonError from it keeps its status and gets the prefix `prefix: `. */
export function wrapErrors<T>(prefix: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { status, message } = toDaemonError(error);
    throw new DaemonError(status, `${prefix}: ${message}`);
  }
}
