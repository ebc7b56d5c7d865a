// The public API: what a Pulumi program imports from `pulumi-lxd`.
export { Image, type ImageAliasArgs, type ImageArgs, type ImageFileSource } from "./image";
export {
  type CdromArgs,
  Instance,
  type InstanceArgs,
  type InstanceImageSource,
  type PoweredOffWait,
  type RootDiskArgs,
  type VolumeReferenceArgs,
} from "./instance";
export { type IsoFileSource, IsoVolume, type IsoVolumeArgs } from "./iso-volume";
export { type CommonArgs, type RemoteArgs } from "./resource";
