// Changes the record of an image, which several resources may do concurrently.
import { findImage, type ImageAddress, type ImageSettings, updateImage, type WireImage } from "../../../lxd/api/images";
import { type Client } from "../../../lxd/client/core/client";
import { isCode } from "../../../base/errors";
import { queued } from "../../../base/concurrency";

type Change = (value: WireImage) => ImageSettings | undefined;

/** Each conflict means that another writer has succeeded, and few writers share one image. */
const attempts = 100;
/**
 * How often a write that another client overwrote is repeated; also limits the repeats if the daemon normalizes a
 * value.
 */
const writes = 3;

/**
 * Writes the record returned by `change` and verifies it afterwards: LXD 5.0 compares the ETag and writes in two steps,
 * so one of two concurrent writes can be lost although both were accepted. Returns the record as last read, or
 * undefined if the image does not exist.
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
