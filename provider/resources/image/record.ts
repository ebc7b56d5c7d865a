// Changes the record of an image, which several resources may do at the same time.
import { findImage, type ImageAddress, type ImageSettings, updateImage, type WireImage } from "../../api/images";
import { type Client } from "../../client/client";
import { isCode } from "../../errors";

/** Each conflict means that somebody else has come through; there are not so many who want one image at once. */
const attempts = 100;

/**
 * What `change` makes of the record is written if nobody has written meanwhile; else it is read and made again. Returns
 * the record as it was read last, or undefined if there is no such image.
 */
export async function changeRecord(
  client: Client,
  at: ImageAddress,
  change: (value: WireImage) => ImageSettings | undefined,
): Promise<WireImage | undefined> {
  for (let attempt = 1; ; attempt++) {
    const found = await findImage(client, at);
    const wanted = found === undefined ? undefined : change(found.value);
    if (found === undefined || wanted === undefined) return found?.value;
    try {
      await updateImage(client, at, wanted, found.etag);
      return found.value;
    } catch (error) {
      if (!isCode(error, "conflict") || attempt === attempts) throw error;
    }
  }
}
