// Resolves a source to an image, whatever the protocol of its server.
import type { Product } from "../product";
import { findDaemonImage } from "./daemon-server";
import type { PullSource, RemoteImage } from "./remote-image";
import { findStreamImage } from "./stream-server";

/** The image for a source; throws the real daemons' error. */
export function findRemoteImage(source: PullSource, product: Product): Promise<RemoteImage> {
  return source.protocol === "simplestreams" ? findStreamImage(source, product) : findDaemonImage(source, product);
}
