// The frozen entry: what the serialized provider in every stack's state requires, by these names, for ever.
//
// Each export makes the provider of one kind. A name once released stays, and stays able to read and delete what any
// earlier release has written into a state.
import { Dispatch } from "./engine/dispatch";
import { type DynamicProvider } from "./engine/pulumi/dynamic-provider";
import { exec } from "./resources/exec/exec";
import { goldenBuild } from "./resources/golden-build/golden-build";
import { image } from "./resources/image/image";
import { instance } from "./resources/instance/instance";
import { instanceSnapshot } from "./resources/instance-snapshot/instance-snapshot";
import { isoVolume } from "./resources/iso-volume/iso-volume";
import { network } from "./resources/network/network";
import { profile } from "./resources/profile/profile";
import { project } from "./resources/project/project";
import { storagePool } from "./resources/storage-pool/storage-pool";
import { storageVolume } from "./resources/storage-volume/storage-volume";

export const IsoVolume = (): DynamicProvider => new Dispatch(isoVolume);
export const Image = (): DynamicProvider => new Dispatch(image);
export const GoldenBuild = (): DynamicProvider => new Dispatch(goldenBuild);
export const Instance = (): DynamicProvider => new Dispatch(instance);
export const Network = (): DynamicProvider => new Dispatch(network);
export const Exec = (): DynamicProvider => new Dispatch(exec);
export const InstanceSnapshot = (): DynamicProvider => new Dispatch(instanceSnapshot);
export const Profile = (): DynamicProvider => new Dispatch(profile);
export const StoragePool = (): DynamicProvider => new Dispatch(storagePool);
export const StorageVolume = (): DynamicProvider => new Dispatch(storageVolume);
export const Project = (): DynamicProvider => new Dispatch(project);

// States that were written before these two had the names of their classes load them by these.
export const Snapshot = InstanceSnapshot;
export const Volume = StorageVolume;
