// Changes the record of an image, which several resources may do at the same time.
import { findImage, type ImageAddress, type ImageSettings, updateImage, type WireImage } from "../../../lxd/api/images";
import { type Client } from "../../../lxd/client/core/client";
import { isCode } from "../../../base/errors";
import { queued } from "../../../base/concurrency";

type Change = (value: WireImage) => ImageSettings | undefined;

/** Each conflict means that somebody else has come through; there are not so many who want one image at once. */
const attempts = 100;
/** How often something is written that another's write has undone; what the daemon itself spells otherwise ends it too. */
const writes = 3;

/**
 * What `change` makes of the record is written, and looked for afterwards: LXD 5.0 compares the ETag and writes in two
 * steps, so that of two writes at once one can get lost although both were accepted. Returns the record as it was read
 * last, or undefined if there is no such image.
 */
export function changeRecord(client: Client, at: ImageAddress, change: Change): Promise<WireImage | undefined> {
  const key = ["record", client.transport.place, at.project, at.fingerprint];
  return queued(key, () => writeUntilThere(client, at, change));
}

async function writeUntilThere(client: Client, at: ImageAddress, change: Change): Promise<WireImage | undefined> {
  for (let attempt = 1, written = 0; ; attempt++) {
    const found = await findImage(client, at);
    const desired = found === undefined || written === writes ? undefined : change(found.value);
    if (found === undefined || desired === undefined) return found?.value;
    try {
      await updateImage(client, at, desired, found.etag);
      written++;
    } catch (error) {
      if (!isCode(error, "conflict") || attempt >= attempts) throw error;
    }
  }
}
