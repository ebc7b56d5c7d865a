// Finds what earlier runs left: the image or builder to resume from, and what is obsolete.
import { type WireImage } from "../../../lxd/api/images";
import { isMachineOf, machinesOf, removeMachine } from "./machines";
import { type GoldenInputs } from "../schema";
import { fileNameOf, isBuildOf, isCandidate, mark, type Place, removeImage, unmarkedOf, versionsOf } from "../versions";

interface BuildQuery {
  place: Place;
  inputs: GoldenInputs;
}

/** The image of this build, if it is packed. */
export async function findBuilt({ place, inputs }: BuildQuery): Promise<WireImage | undefined> {
  const find = async (): Promise<WireImage | undefined> =>
    (await versionsOf(place)).find((image) => isBuildOf(image, inputs));
  const found = await find();
  if (found !== undefined) return found;
  const name = fileNameOf(inputs, place.urn);
  const packed = (await unmarkedOf(place)).find((image) => image.filename === name);
  if (packed === undefined) return undefined;
  await mark(place, packed, inputs);
  return find();
}

/** The daemon may have been packing for an interrupted run before that was visible, which results in two images. */
export async function removeTwins({ place, inputs }: BuildQuery, image: WireImage): Promise<void> {
  const twins = (await versionsOf(place)).filter((each) => isBuildOf(each, inputs));
  for (const { fingerprint } of [...twins, ...(await unmarkedOf(place))]) {
    if (fingerprint !== image.fingerprint) await removeImage(place, fingerprint);
  }
}

/** Removes what earlier runs left for different inputs. */
export async function startClean({ place, inputs }: BuildQuery): Promise<void> {
  for (const machine of await machinesOf(place)) {
    if (!isMachineOf(machine, inputs)) await removeMachine(place, machine.name);
  }
  const name = fileNameOf(inputs, place.urn);
  const candidates = (await versionsOf(place)).filter((image) => isCandidate(image) && !isBuildOf(image, inputs));
  const unmarked = (await unmarkedOf(place)).filter(({ filename }) => filename !== name);
  for (const { fingerprint } of [...candidates, ...unmarked]) await removeImage(place, fingerprint);
}
