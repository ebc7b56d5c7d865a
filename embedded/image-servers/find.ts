// The image that a source names, whichever protocol its server speaks.
import type { Product } from "../product";
import { findDaemonImage } from "./daemon-server";
import type { PullSource, RemoteImage } from "./remote-image";
import { findStreamImage } from "./stream-server";

/** The image that a source names, or the error of the real daemons. */
export function findRemoteImage(source: PullSource, product: Product): Promise<RemoteImage> {
  return source.protocol === "simplestreams" ? findStreamImage(source, product) : findDaemonImage(source, product);
}
