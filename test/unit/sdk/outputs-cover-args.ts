// Compiles only if every argument is an output of its class, of a type that the provider's state fits.
import type * as pulumi from "@pulumi/pulumi";
import { type ExecOutputs } from "../../../provider/resources/exec/inputs";
import { type GoldenOutputs } from "../../../provider/resources/golden-build/schema";
import { type ImageOutputs } from "../../../provider/resources/image/inputs";
import { type InstanceOutputs } from "../../../provider/resources/instance/schema";
import { type SnapshotOutputs } from "../../../provider/resources/instance-snapshot/inputs";
import { type IsoVolumeOutputs } from "../../../provider/resources/iso-volume/inputs";
import { type NetworkOutputs } from "../../../provider/resources/network/inputs";
import { type ProfileOutputs } from "../../../provider/resources/profile/inputs";
import { type ProjectOutputs } from "../../../provider/resources/project/inputs";
import { type StoragePoolOutputs } from "../../../provider/resources/storage-pool/inputs";
import { type StorageVolumeOutputs } from "../../../provider/resources/storage-volume/inputs";
import type * as lxd from "../../../sdk";

/** The arguments that are no outputs of the class, which the compiler then names. */
type Missing<Args, Class> = {
  [Key in keyof Args]-?: Key extends keyof Class
    ? Class[Key] extends pulumi.OutputInstance<unknown>
      ? never
      : Key
    : Key;
}[keyof Args];

/** Sizes and durations in the state have been checked, but are of type string. */
type Wide<T> = T extends lxd.Size | lxd.Duration
  ? string
  : T extends (infer Item)[]
    ? Wide<Item>[]
    : T extends object
      ? { [Key in keyof T]: Wide<T[Key]> }
      : T;

/** The outputs whose type does not include that of the state. */
type Untrue<State, Args, Class> = {
  [Key in keyof Args & keyof State & keyof Class]: Class[Key] extends pulumi.OutputInstance<infer Value>
    ? State[Key] extends Wide<Value>
      ? never
      : Key
    : Key;
}[keyof Args & keyof State & keyof Class];

/**
 * In the state, a drive has a volume or a path, an image of an image server an alias or a fingerprint, and a remote a
 * name, a socket or an address; the types of the outputs tell these apart, those of the state do not; a target of `publishTo` has a remote. The content type is optional only as an input.
 */
type Exempt = "cdroms" | "remote" | "publishTo" | "source" | "contentType";

type Covers<Class, Args, State> = [Missing<Args, Class>, Untrue<Omit<State, Exempt>, Args, Class>];
type Nothing = [never, never];

export const exec: Nothing = [] as never as Covers<lxd.Exec, lxd.ExecArgs, ExecOutputs>;
export const goldenImage: Nothing = [] as never as Covers<lxd.GoldenImage, lxd.GoldenImageArgs, GoldenOutputs>;
export const image: Nothing = [] as never as Covers<lxd.Image, lxd.ImageArgs, ImageOutputs>;
export const instance: Nothing = [] as never as Covers<lxd.Instance, lxd.InstanceArgs, InstanceOutputs>;
export const snapshot: Nothing = [] as never as Covers<lxd.InstanceSnapshot, lxd.InstanceSnapshotArgs, SnapshotOutputs>;
export const isoVolume: Nothing = [] as never as Covers<lxd.IsoVolume, lxd.IsoVolumeArgs, IsoVolumeOutputs>;
export const network: Nothing = [] as never as Covers<lxd.Network, lxd.NetworkArgs, NetworkOutputs>;
export const profile: Nothing = [] as never as Covers<lxd.Profile, lxd.ProfileArgs, ProfileOutputs>;
export const project: Nothing = [] as never as Covers<lxd.Project, lxd.ProjectArgs, ProjectOutputs>;
export const storagePool: Nothing = [] as never as Covers<lxd.StoragePool, lxd.StoragePoolArgs, StoragePoolOutputs>;
export const storageVolume: Nothing = [] as never as Covers<
  lxd.StorageVolume,
  lxd.StorageVolumeArgs,
  StorageVolumeOutputs
>;
