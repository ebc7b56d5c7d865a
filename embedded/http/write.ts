// Writes that are synchronous in Incus and older LXD, and operations in newer LXD.
import type { Call } from "./call";
import { done, type Reply, running } from "./reply";

export interface Write {
  /** The API extension that made the write an operation. */
  asyncSince: string;
  description: string;
  project: string;
  resources: Record<string, string[]>;
  /** Validates and writes; an exception becomes the error of the reply or operation. */
  run: () => void;
  /** The reply of a synchronous write. Default: 200 with empty metadata. */
  reply?: () => Reply;
}

export function write(call: Call, { asyncSince, run, reply = done, ...work }: Write): Reply {
  const { settings, operations } = call.daemon;
  if (settings.product.has(asyncSince)) return running(operations.start({ ...work, run }));
  run();
  return reply();
}
