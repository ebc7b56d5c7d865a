// The interface that Pulumi's dynamic-provider server calls, and the forms of errors that it accepts.
import { LxdError } from "../../base/errors";
import { type Failure } from "../../kind/failure";
import { type Props } from "../../kind/props";

/** The stack's config as Pulumi's dynamic-provider server passes it. */
export interface Config {
  get: (key: string) => string | undefined;
  /** All values by full key. Undocumented, but present in all releases that this package supports. */
  rawConfig?: Readonly<Record<string, unknown>>;
}

export interface DynamicProvider {
  configure: (request: { config: Config }) => Promise<void>;
  check: (olds: Props, news: Props) => Promise<{ inputs: Props; failures: Failure[] }>;
  diff: (id: string, olds: Props, news: Props) => Promise<Difference>;
  create: (inputs: Props) => Promise<{ id: string; outs: Props }>;
  read: (id: string, state: Props) => Promise<{ id: string; props: Props; inputs?: Props }>;
  update: (id: string, olds: Props, news: Props) => Promise<{ outs: Props }>;
  delete: (id: string, state: Props) => Promise<void>;
}

/** Returns an error that makes Pulumi keep the resource, mark it as failed and update it in the next run. */
export function partial(cause: unknown, { id, outs }: { id: string; outs: Props }): Error {
  const { message } = LxdError.from(cause);
  return Object.assign(new Error(message), { id, properties: outs, reasons: [message] });
}

/**
 * Moves the path of a failure into its reason. The engine prints the value of the property that a failure names, but
 * knows only top-level properties: it prints `{<nil>}` for nested ones, and a dump for objects.
 */
export function pathInReason({ property, reason }: Failure): Failure {
  return { property: "", reason: property === "" ? reason : `${property}: ${reason}` };
}

/**
 * Pulumi prints an error of `read` or `delete` twice: at the resource, and as `${error}: ${error.stack}` at the stack. This
 * makes the second one a short reference to the first.
 */
export async function printedOnce<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    const error = LxdError.from(thrown);
    const doing = error.details.doing ?? error.details.code;
    error.toString = () => doing;
    error.stack = "failed; see the error of the resource";
    throw error;
  }
}

export interface Difference {
  changes: boolean;
  replaces: string[];
  deleteBeforeReplace: boolean;
}
