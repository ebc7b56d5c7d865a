// Reads the members of a tarball in the formats of GNU, ustar and pax.
import { tarBlock, tarHeader, tarPadded } from "../disk-image/tar-header";
import { type Sequence } from "./bytes";

export interface TarMember {
  name: string;
  sizeBytes: number;
  /** Its first bytes; can be called once. */
  start(count: number): Promise<Buffer>;
}

export type TarEnd = "complete" | "cut";

/** Longer names than this are not part of an image. */
const nameMaxBytes = 1024 * 1024;
/** Members that are looked at: a root file system can have hundreds of thousands. */
const membersMax = 10_000;

/** Returns whether the tarball ended, or more members may follow. */
export async function* tarMembers(from: Sequence): AsyncGenerator<TarMember, TarEnd> {
  let longName: string | undefined;
  for (let count = 0; count < membersMax; count++) {
    const header = await from.take(tarBlock);
    if (header.length < tarBlock) return from.isAtEnd() ? "complete" : "cut";
    if (header.every((byte) => byte === 0)) return "complete";
    const { name, size } = tarHeader(header);
    if (!Number.isSafeInteger(size) || size < 0) return "cut";
    const kind = String.fromCharCode(header[156] ?? 0);
    let left = tarPadded(size);
    if (kind === "L" || kind === "x") {
      if (size > nameMaxBytes) return "cut";
      const text = (await from.take(left)).toString("utf8", 0, size);
      longName = kind === "L" ? text.replace(/\0.*$/s, "") : (paxPath(text) ?? longName);
      continue;
    }
    if (kind !== "g" && kind !== "K") {
      const start = async (bytes: number): Promise<Buffer> => {
        const taken = await from.take(Math.min(size, bytes));
        left -= taken.length;
        return taken;
      };
      yield { name: longName ?? withPrefix(header, name), sizeBytes: size, start };
      longName = undefined;
    }
    await from.skip(left);
  }
  return "cut";
}

/** The `path` of a pax header, which consists of lines `<length> key=value`. */
function paxPath(text: string): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1];
}

/** Only ustar has a prefix; GNU stores other data there. */
function withPrefix(header: Buffer, name: string): string {
  if (header.toString("latin1", 257, 263) !== "ustar\0") return name;
  const prefix = header.toString("latin1", 345, 500).replace(/\0.*$/s, "");
  return prefix === "" ? name : `${prefix}/${name}`;
}
