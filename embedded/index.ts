// A daemon for trying out the product and for users' own tests, without LXD or Incus on the machine.
export { type EmbeddedDaemon, startEmbeddedDaemon } from "./daemon";
export type { EmbeddedDaemonOptions } from "./options";
export type { ServerKind } from "./product";
