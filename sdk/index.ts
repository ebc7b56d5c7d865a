// The public API: what a Pulumi program imports from `pulumi-lxd`.
export { type GoldenImageArgs, GoldenImage } from "./golden-image/golden-image";
export {
  type GoldenMachineArgs,
  type GoldenResultArgs,
  type InstallArgs,
  type VerifyArgs,
} from "./golden-image/golden-parts";
export { type MediumArgs } from "./golden-image/golden-keepers";
export { type PublishTarget, type PublishTargetArgs } from "./golden-image/publish-target";
export {
  type AwaitStep,
  type BootStepArgs,
  type KeyStep,
  type PauseStep,
  type TypeStep,
} from "./instance/boot-command";
export { Exec, type ExecArgs } from "./exec";
export { InstanceSnapshot, type InstanceSnapshotArgs } from "./instance-snapshot";
export { type GuestFile, type GuestFileArgs } from "./instance/guest-files";
export {
  type ExecStepArgs,
  type FilesStepArgs,
  type ProvisionStep,
  type ProvisionStepArgs,
} from "./golden-image/golden-steps";
export { Image, type ImageAlias, type ImageAliasArgs, type ImageArgs, type ImageMetadata } from "./image/image";
export {
  type ImageDiskSource,
  type ImageDownloadSource,
  type ImageFileSource,
  type ImageMetadataArgs,
  type ImageInstanceSource,
  type ImagePublishArgs,
  type ImageServerAliasSource,
  type ImageServerFingerprintSource,
  type ImageServerSource,
  type ImageSnapshotSource,
  type ImageSourceArgs,
  type ImageSplitSource,
  type ImageTemplateArgs,
  type ImageUrlSource,
} from "./image/image-source";
export {
  type CdromArgs,
  type HostCdromArgs,
  type VolumeCdromArgs,
  type DiskArgs,
  type HostDiskArgs,
  type NetworkNicArgs,
  type NicArgs,
  type PlainNicArgs,
  type RootDiskArgs,
  type VolumeDiskArgs,
  type VolumeReferenceArgs,
} from "./instance/instance-devices";
export { type InterfaceAddresses, Instance } from "./instance/instance";
export { type CloudInitArgs, type InstanceArgs } from "./instance/instance-args";
export {
  type InstanceAliasSource,
  type InstanceBackupSource,
  type InstanceCopySource,
  type InstanceImageSource,
  type InstanceServerAliasSource,
  type InstanceServerFingerprintSource,
  type InstanceServerSource,
  type InstanceSnapshotSource,
  type InstanceSourceArgs,
} from "./instance/instance-source";
export {
  type AddressWait,
  type AgentWait,
  type CloudInitWait,
  type ConsoleWait,
  type ExecWait,
  type PortWait,
  type PoweredOffWait,
  type WaitArgs,
  type WaitInput,
} from "./instance/instance-waits";
export {
  type IsoFile,
  type IsoFileSource,
  type IsoFilesSource,
  type IsoUrlSource,
  type IsoUrlsSource,
} from "./iso-volume/iso-source";
export { type IsoCopySource, type IsoSource, type IsoSourceArgs } from "./iso-volume/iso-volume";
export { IsoVolume, type IsoVolumeArgs } from "./iso-volume/iso-volume";
export {
  type FoundImage,
  type FoundImageSource,
  lookupImage,
  type LookupImageArgs,
  lookupImages,
  type LookupOptions,
} from "./image/lookup-image";
export { Network, type NetworkAddressesArgs, type NetworkArgs } from "./network";
export { Profile, type ProfileArgs } from "./profile";
export { Project, type ProjectArgs, type ProjectFeaturesArgs } from "./project";
export {
  Remote,
  type RemoteAccessArgs,
  type RemoteAddressArgs,
  type RemoteArgs,
  type RemoteInput,
  type RemoteNameArgs,
  type RemoteSocketArgs,
} from "./remote";
export { type CommonArgs, type ServerArgs } from "./resource/resource";
export { StoragePool, type StoragePoolArgs } from "./storage-pool";
export {
  StorageVolume,
  type StorageVolumeArgs,
  type VolumeBackupSource,
  type VolumeCopySource,
  type VolumeSourceArgs,
} from "./storage-volume";
export { type KeyValues, type OptionalInput, type StringInput } from "./resource/inputs";
export { type Duration, type Size } from "./resource/units";
export { type FileContent, type FileEntry } from "./resource/file-entry";
export { type Resolved, type VolumeReference } from "./resource/outputs";
export { type PinnedArgs, type SignedChecksumArgs, type WebFileArgs } from "./resource/web-file";
