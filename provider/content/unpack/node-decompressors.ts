// What this version of Node decompresses.
import { type Transform } from "node:stream";
import * as zlib from "node:zlib";
import { type Compression } from "../recognition/found";

const { createZstdDecompress } = zlib as typeof zlib & { createZstdDecompress?: () => Transform };

/** gzip always, zstd since 22.15. */
export const nodeDecompressors: Partial<Record<Compression, () => Transform>> = {
  gzip: zlib.createGunzip,
  ...(createZstdDecompress !== undefined && { zstd: createZstdDecompress }),
};
