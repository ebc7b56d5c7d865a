// Brings an image from a server that the daemon cannot reach: read here, and sent on as it comes.
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

/** Returns the fingerprint. Those who want the same image at the same time get it once, as with pulls. */
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
      // Without an answer it may be there all the same, and somebody else may have brought it meanwhile.
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

/** The files of an image, from one server to another as they are read. */
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
