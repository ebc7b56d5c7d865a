// Connects to an image server, whatever its protocol: lists its images and reads their bytes.
import { lxdServer } from "./lxd-server";
import { streamsServer } from "./streams-server";
import { type Connect, type ImageServer, type ImageServerPlace } from "./types";

/** The context of a request to an image server. */
export interface Asker {
  connect: Connect;
  /** Fires when the response is no longer needed. */
  signal?: AbortSignal | undefined;
}

export function imageServer(place: ImageServerPlace, { connect, signal }: Asker): ImageServer {
  return place.protocol === "simplestreams" ? streamsServer(place, signal) : lxdServer(place, connect);
}
