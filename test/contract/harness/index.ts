// What contract tests are written with.
export { describeEachDaemon, type DaemonKind, type TestDaemon, type TestOptions } from "./daemons";
export { usual, withoutSimulatedLxd } from "./sources";
export type { Outcome } from "./operation";
export { at, type RawReply, RawClient, textAt } from "./raw";
export { tinyImage, tinyMetadata, type TinyImageOptions, tinySplitImage } from "./tiny-image";
export { tinyIso, type TinyIsoOptions, writeTinyIso } from "./tiny-iso";
export * from "./objects";
