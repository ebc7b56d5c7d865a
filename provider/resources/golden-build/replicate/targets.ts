// Connects to the target servers of a golden image and works on each independently.
import { type Client } from "../../../lxd/client/core/client";
import { type RemoteInputs } from "../../../lxd/client/discovery/location";
import { mapLimited } from "../../../base/concurrency";
import { LxdError } from "../../../base/errors";
import { type Context } from "../../../kind/kind";
import { type PublishTarget } from "./target-inputs";
import { type Place } from "../versions";

/** A target to work on. */
export interface Target {
  desired: PublishTarget;
  /** The target as recorded in the state after the work. */
  recorded: PublishTarget;
  place: Place;
  status: (text: string) => void;
}

/**
 * The owner of the copies. It differs from the resource's URN, since a manual copy of a released image inherits its
 * owner key and must not be mistaken for a copy made by this stack.
 */
export function copierOf(urn: string): string {
  return `${urn}#copy`;
}

/** How many servers are copied to concurrently. */
const parallelCopies = 4;

export interface Targets {
  /** The building server, used by targets without a remote. */
  remote?: RemoteInputs | undefined;
  publishTo?: PublishTarget[] | undefined;
  /** The name of the list in errors. Default: `publishTo`. */
  field?: string;
}

export interface Done {
  /** The targets as recorded in the state; those that were reached have an address. */
  targets: PublishTarget[];
  /** The failures, by field. */
  failed: LxdError | undefined;
}

/** Runs work on each target; a failure of one does not stop the others. */
export async function forEachTarget(
  context: Context,
  { remote, publishTo = [], field = "publishTo" }: Targets,
  work: (target: Target) => Promise<void>,
): Promise<Done> {
  const failures: LxdError[] = [];
  const targets = [...publishTo];
  const one = async (configured: PublishTarget, i: number): Promise<void> => {
    const client = await clientOf(context, remote, configured);
    const desired = { ...configured, __at: client.transport.place, __server: (await client.info()).fingerprint };
    targets[i] = desired;
    const status = (text: string): void => context.status(`${named(`${field}[${i}]`, configured)}: ${text}`);
    const place = { client, project: configured.project, urn: copierOf(context.urn) };
    const target = { desired, recorded: desired, status, place };
    await work(target);
    targets[i] = target.recorded;
  };
  await mapLimited(publishTo, parallelCopies, (configured, i) =>
    one(configured, i).catch((error: unknown) => {
      failures[i] = at(named(`${field}[${i}]`, configured), error);
    }),
  );
  return { targets, failed: together(Object.values(failures), publishTo.length) };
}

/** The server that holds the copies, as far as the state knows it; otherwise the configured one. */
export function clientOf(
  { serverOf }: Pick<Context, "serverOf">,
  remote: RemoteInputs | undefined,
  target: PublishTarget,
): Promise<Client> {
  return serverOf(target.remote ?? remote, target);
}

function named(place: string, { remote }: PublishTarget): string {
  const name = remote?.name ?? remote?.address ?? remote?.socket;
  return `${place}${name === undefined ? "" : ` (${name})`}`;
}

function at(name: string, error: unknown): LxdError {
  const { details } = LxdError.from(error);
  return new LxdError({
    ...details,
    why: `${name}: ${details.why}`,
    advice: [details.advice, goesOn].join("\n").trim(),
  });
}

const goesOn = "Everything else is done; the next run resumes here.";

/** Combines several failures into one error. */
function together(failures: LxdError[], count: number): LxdError | undefined {
  const [first] = failures;
  if (first === undefined || failures.length === 1) return first;
  const why = `${failures.length} of ${count} targets failed:\n${failures.map(({ message }) => message).join("\n")}\n`;
  return new LxdError({ code: first.code, why });
}
