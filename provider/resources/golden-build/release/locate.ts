// Finds a build on the server: its image, the earlier versions, and its instances.
import { listImages, type WireImage } from "../../../lxd/api/images";
import { type WireInstance } from "../../../lxd/api/instance/instances";
import { type Context } from "../../../kind/kind";
import { formerUrn } from "../../image/find";
import { shortHash } from "../../image/owners";
import { isMachineOf, machinesOf } from "../build/machines";
import { type GoldenInputs, type GoldenOutputs } from "../schema";
import { type BuildKey, fileNameOf, isBuildOf, isCandidate, type Place, unmarkedIn, versionsIn } from "../versions";

export interface FoundBuild {
  place: Place;
  /** The keys on its image and instances. */
  build: BuildKey;
  /** All builds of the resource, oldest first. */
  versions: WireImage[];
  /** Packed by a run that was interrupted before it could mark them. */
  unmarked: WireImage[];
  machines: WireInstance[];
}

export function placeOf({ client, urn }: Pick<Context, "client" | "urn">, { project }: GoldenInputs): Place {
  return { client, project, urn };
}

/**
 * Without an identity, only this build is looked for. A build in the state exists as long as anything of the resource
 * does: kept versions belong to it, and a deleted image is rebuilt.
 */
export async function locate(
  context: Pick<Context, "client" | "urn">,
  at: GoldenInputs,
  identity?: string,
): Promise<FoundBuild | undefined> {
  const place = placeOf(context, at);
  const { client, project, urn } = place;
  const urns = [...new Set([urn, formerUrn(at) ?? urn])];
  const images = await listImages(client, project);
  const machines = await Promise.all(urns.map((each) => machinesOf({ ...place, urn: each })));
  const found = {
    place,
    build: buildIn(identity) ?? { version: at.version, inputsHash: at.inputsHash },
    versions: urns.flatMap((each) => versionsIn(images, each)),
    unmarked: urns.flatMap((each) => unmarkedIn(images, each)),
    machines: machines.flat(),
  };
  const isThere = identity === undefined ? isBegun(found) : isAnything(found);
  return isThere ? found : undefined;
}

function isBegun({ place, build, versions, unmarked, machines }: FoundBuild): boolean {
  const name = fileNameOf(build, place.urn);
  return (
    versions.some((image) => isBuildOf(image, build)) ||
    unmarked.some(({ filename }) => filename === name) ||
    machines.some((machine) => isMachineOf(machine, build))
  );
}

function isAnything({ versions, unmarked, machines }: FoundBuild): boolean {
  return versions.length + unmarked.length + machines.length > 0;
}

/** The image of the build, if it is verified. */
export function finished({ versions, build }: FoundBuild): WireImage | undefined {
  return versions.find((image) => isBuildOf(image, build) && !isCandidate(image));
}

/** Whether the image exists and nothing else of any build is left. */
export function isDone(found: FoundBuild): boolean {
  const own = found.versions.filter((image) => isBuildOf(image, found.build));
  return finished(found) !== undefined && own.length === 1 && found.machines.length + found.unmarked.length === 0;
}

/** A build is identified by its resource, its version and the content of its image. */
export function identity({ place, build }: FoundBuild): string {
  return written(place, build);
}

export function identityOfState(state: GoldenOutputs): string | undefined {
  const { project, version, inputsHash } = state as Partial<GoldenOutputs>;
  if (project === undefined || version === undefined || inputsHash === undefined) return undefined;
  return written({ project, urn: formerUrn(state) ?? "" }, { version, inputsHash });
}

function written({ project, urn }: Pick<Place, "project" | "urn">, { version, inputsHash }: BuildKey): string {
  return [project, version, inputsHash, shortHash(urn)].join(" ");
}

function buildIn(identity: string | undefined): BuildKey | undefined {
  const [, version, inputsHash] = identity?.split(" ") ?? [];
  return version === undefined || inputsHash === undefined ? undefined : { version, inputsHash };
}
