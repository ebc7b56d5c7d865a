// Copies a released image to a target: the target pulls it from the building server, or this process relays it.
import { exportImage } from "../../../lxd/api/image-export";
import { createImage, deleteImage, findImage, imageSecret, type WireImage } from "../../../lxd/api/images";
import { type Client } from "../../../lxd/client/core/client";
import { Deadline } from "../../../lxd/client/core/deadline";
import { reportTo } from "../../../content/progress";
import { isCode, LxdError } from "../../../base/errors";
import { milliseconds } from "../../../kind/units";
import { isUploadOf, marksOf, uploadName } from "../../image/owners";
import { spokenProtocol } from "../../shared/image-pull";
import { sendOn } from "../../image/create/relay";
import { isCacheOnly, mayAdopt } from "../../image/record/adoption";
import { pendingKey } from "../../shared/ownership";
import { type Target } from "./targets";
import { type Place } from "../versions";

/** Set on a copy until the keys inherited from the building server's stacks are replaced. */
const copying = "copy";

export interface Original {
  /** The building server. */
  place: Place;
  image: WireImage;
}

/** Returns the copy on the target, which belongs to this stack. */
export async function bring(target: Target, original: Original): Promise<WireImage> {
  const { timeout } = target.desired;
  const why = `the copy did not finish within ${timeout}, the \`timeout\` of this target`;
  const limit = new Deadline({ ms: milliseconds(timeout), why, advice });
  const place = { ...target.place, client: target.place.client.until(limit) };
  const { client } = original.place;
  const from = { ...original, place: { ...original.place, client: client.until(limit) } };
  return limit.run(() => have({ ...target, place }, from));
}

const advice = "The next `pulumi up` resumes.";

async function have(target: Target, original: Original): Promise<WireImage> {
  const { client, project } = target.place;
  const at = { project, fingerprint: original.image.fingerprint };
  const find = async (): Promise<WireImage | undefined> => (await findImage(client, at))?.value;
  let found = await find();
  // Incus would continue to treat it as a cached image, which expires.
  if (found !== undefined && isCacheOnly(found)) await deleteImage(client, at);
  if (found === undefined || isCacheOnly(found)) {
    await send(target, original).catch(async (error: unknown) => {
      // The copy may exist even without a response, or another client may have created it meanwhile.
      const isUnclear = isCode(error, "unavailable") || isCode(error, "already-exists");
      if (!isUnclear || (await find()) === undefined) throw error;
    });
    found = await find();
  }
  if (found === undefined) throw new LxdError({ code: "failed", why: "the daemon created no copy" });
  if (!mayAdopt(found, { adopt: false })) throw strangers(found);
  return found;
}

/** Whether only this stack has used a copy; then all its keys are inherited. */
export function isFresh(copy: WireImage, urn: string): boolean {
  return copy.properties?.[pendingKey] === copying || isUploadOf(copy, urn);
}

async function send(target: Target, original: Original): Promise<void> {
  const { desired } = target;
  const addresses = desired.relay === true ? [] : await addressesOf(original.place.client, desired.address);
  if (addresses.length === 0) return relay(target, original);
  const failures: LxdError[] = [];
  for (const address of addresses) {
    try {
      await pull(target, original, address);
      return;
    } catch (error) {
      if (!isCode(error, "failed")) throw error;
      failures.push(error);
    }
  }
  throw unpulled(failures, addresses);
}

/**
 * Addresses at which the target may reach the building server: configured, as discovered here, as the server reports.
 */
async function addressesOf(builder: Client, configured: string | undefined): Promise<string[]> {
  if (configured !== undefined) return [configured.replace(/\/+$/, "")];
  const { place } = builder.transport;
  const { addresses } = await builder.info();
  const own = place.startsWith("https:") ? [place] : [];
  return [...new Set([...own, ...addresses.map((address) => `https://${address}`)])];
}

/** The image is or was private: the building server issues a secret that is valid for one copy. */
async function pull(
  { place, desired, status }: Target,
  { place: from, image }: Original,
  server: string,
): Promise<void> {
  const { fingerprint } = image;
  const { product, certificate } = await from.client.info();
  const secret = await imageSecret(from.client, { project: from.project, fingerprint });
  const known = { certificate: desired.certificate ?? certificate, project: from.project, fingerprint, secret };
  const protocol = await spokenProtocol(place.client, product);
  const source = { type: "image", mode: "pull", server, protocol, ...known } as const;
  const properties = { ...marksOf(place.urn, { fingerprint }), [pendingKey]: copying };
  const options = { deadlineMs: milliseconds(desired.timeout), onProgress: status };
  await createImage(place.client, place.project, { source, public: false, properties, auto_update: false }, options);
}

async function relay({ place, status }: Target, { place: from, image }: Original): Promise<void> {
  const { fingerprint } = image;
  const parts = exportImage(from.client, { project: from.project, fingerprint });
  const reportBytes = reportTo(status, "relaying");
  const report = (done: number): void => reportBytes(done, image.size);
  const fileName = uploadName(place.urn, fingerprint.slice(0, 12));
  await sendOn(place.client, { project: place.project, fingerprint }, { parts, fileName, public: false, report });
}

function unpulled(failures: LxdError[], addresses: string[]): LxdError {
  const [first] = failures;
  const details = first?.details ?? { code: "failed" as const, why: "the image could not be pulled" };
  const where = `The server was to pull the image from ${addresses.join(", then ")}.`;
  const otherwise =
    "If it reaches the building server at another address, set `address`; if it cannot reach it, set `relay: true`.";
  return new LxdError({ ...details, advice: `${where} ${otherwise}` });
}

function strangers({ fingerprint }: WireImage): LxdError {
  return new LxdError({
    code: "already-exists",
    why: `there is an image with this content already (${fingerprint.slice(0, 12)}), which does not belong to this stack`,
    advice: "Delete it there, or remove this target.",
  });
}
