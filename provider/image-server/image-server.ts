// An image server, whichever protocol it speaks: what it has, and the bytes of each image.
import { lxdServer } from "./lxd-server";
import { streamsServer } from "./streams-server";
import { type Connect, type ImageServer, type ImageServerPlace } from "./types";

/** On whose behalf a server is asked. */
export interface Asker {
  connect: Connect;
  /** Fires when nobody waits for the answers any more. */
  signal?: AbortSignal | undefined;
}

export function imageServer(place: ImageServerPlace, { connect, signal }: Asker): ImageServer {
  return place.protocol === "simplestreams" ? streamsServer(place, signal) : lxdServer(place, connect);
}
