// The servers that get copies of a golden image: each met as the program or the state names it, and worked on by itself.
import { type Client } from "../../../lxd/client/core/client";
import { type RemoteInputs } from "../../../lxd/client/discovery/location";
import { mapLimited } from "../../../base/concurrency";
import { LxdError } from "../../../base/errors";
import { type Context } from "../../../kind/kind";
import { type PublishTarget } from "./target-inputs";
import { type Place } from "../versions";

/** A target that is worked on. */
export interface Target {
  desired: PublishTarget;
  /** As the state has it when the work is done. */
  recorded: PublishTarget;
  place: Place;
  status: (text: string) => void;
}

/**
 * Whose the copies are. Not the resource's own URN: people who copy a released image by hand take the mark of its owner
 * along, and what they have must not be taken for a copy that this stack has made.
 */
export function copierOf(urn: string): string {
  return `${urn}#copy`;
}

/** How many servers are copied to at the same time. */
const parallelCopies = 4;

export interface Targets {
  /** The server that builds, which a target without a remote is on. */
  remote?: RemoteInputs | undefined;
  publishTo?: PublishTarget[] | undefined;
  /** What errors call the list. Default: `publishTo`. */
  field?: string;
}

export interface Done {
  /** As they are to be kept: of those that were met, it is said where they are. */
  targets: PublishTarget[];
  /** What has failed, by the names of the fields. */
  failed: LxdError | undefined;
}

/** Does some work with each target; one that fails keeps nobody else from theirs. */
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

/** The server where the copies are, as far as the state knows it; else the one that is named. */
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

/** Of several, each in its own words. */
function together(failures: LxdError[], count: number): LxdError | undefined {
  const [first] = failures;
  if (first === undefined || failures.length === 1) return first;
  const why = `${failures.length} of ${count} targets failed:\n${failures.map(({ message }) => message).join("\n")}\n`;
  return new LxdError({ code: first.code, why });
}
