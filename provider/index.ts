// The frozen entry point: the serialized provider in every stack's state requires these exports by name.
//
// Each export creates the provider of one resource kind. A released name must stay forever, and must be able to read
// and delete what any earlier release has written to a state.
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

// Compatibility: states written before these two providers got the names of their classes load them by these names.
export const Snapshot = InstanceSnapshot;
export const Volume = StorageVolume;
