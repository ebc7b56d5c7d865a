// Relays an image from a server that the daemon cannot reach: reads it here and uploads it as it arrives.
import { findImage, type ImageAddress, uploadImage } from "../../../lxd/api/images";
import { type ImagePart } from "../../../lxd/api/image-export";
import { type Client } from "../../../lxd/client/core/client";
import { reportTo } from "../../../content/progress";
import { isCode } from "../../../base/errors";
import { imageServer } from "../../../image-server/image-server";
import { relayBody } from "../../../image-server/relay-body";
import { type Context } from "../../../kind/kind";
import { type ImageInputs } from "../inputs";
import { relayName } from "../owners";
import { servedBy } from "../server-image";
import { type ServerSource } from "../source-types";
import { alreadyExists, mayAdopt } from "../record/adoption";
import { queued } from "../../../base/concurrency";

const uploadDeadlineMs = 60 * 60_000;

export interface Relay {
  inputs: ImageInputs;
  source: ServerSource;
}

/** Returns the fingerprint. Concurrent requests for the same image relay it once, as with pulls. */
export async function relay(context: Context, { inputs, source }: Relay): Promise<string> {
  const { fingerprint: known } = inputs;
  const desired = known === undefined ? source : { ...source, alias: undefined, fingerprint: known };
  const image = await servedBy(desired, context, async () => (await context.client.info()).architectures);
  const { fingerprint } = image;
  const key = [inputs.remote, inputs.project, fingerprint];
  return queued(key, async () => {
    if (await isThere(context, inputs, fingerprint)) return fingerprint;
    const parts = imageServer(source, context).parts(image);
    const reportBytes = reportTo(context.status, `relaying from ${new URL(source.server).host}`);
    const report = (done: number): void => reportBytes(done, image.sizeBytes);
    const at = { project: inputs.project, fingerprint };
    try {
      await sendOn(context.client, at, { parts, fileName: relayName(fingerprint), public: inputs.public, report });
    } catch (error) {
      // The image may exist even without a response, or another client may have created it meanwhile.
      const isUnclear = isCode(error, "unavailable") || isCode(error, "already-exists");
      if (!isUnclear || !(await isThere(context, inputs, fingerprint))) throw error;
    }
    return fingerprint;
  });
}

export interface SentOn {
  parts: AsyncGenerator<ImagePart, void>;
  fileName: string;
  public: boolean;
  report: (done: number) => void;
}

/** Streams the files of an image from one server to another. */
export async function sendOn(
  client: Client,
  { project, fingerprint }: ImageAddress,
  { parts, fileName, public: isPublic, report }: SentOn,
): Promise<void> {
  const body = await relayBody(parts, { fingerprint, fileName, report });
  const settings = { fingerprint, fileName, public: isPublic, deadlineMs: uploadDeadlineMs };
  await uploadImage(client, project, { ...body, ...settings });
}

async function isThere({ client }: Context, inputs: ImageInputs, fingerprint: string): Promise<boolean> {
  const found = await findImage(client, { project: inputs.project, fingerprint });
  if (found === undefined) return false;
  if (!mayAdopt(found.value, { adopt: inputs.adopt })) throw alreadyExists(fingerprint);
  return true;
}
