// Compiles only if what users may write, by the types of `sdk/`, is exactly what the schemas of `provider/` take.
import type * as pulumi from "@pulumi/pulumi";
import type * as z from "zod";
import { type remoteSchema } from "../../../provider/resources/shared/common";
import { type schema as exec } from "../../../provider/resources/exec/inputs";
import { type FileContent as GuestFileContent } from "../../../provider/resources/machine/guest/file-content";
import { type Key as GuestKey } from "../../../provider/resources/machine/guest/keys";
import { type schema as goldenBuild } from "../../../provider/resources/golden-build/schema";
import { type targetSchema } from "../../../provider/resources/golden-build/replicate/target-inputs";
import { type schema as image } from "../../../provider/resources/image/inputs";
import { type ImageSource } from "../../../provider/resources/image/source-types";
import { type schema as instance } from "../../../provider/resources/instance/schema";
import { type InstanceSource } from "../../../provider/resources/instance/source";
import { type schema as instanceSnapshot } from "../../../provider/resources/instance-snapshot/inputs";
import { type schema as isoVolume } from "../../../provider/resources/iso-volume/inputs";
import { type FileEntry as IsoFileEntry, type IsoSource } from "../../../provider/resources/iso-volume/source";
import { type schema as network } from "../../../provider/resources/network/inputs";
import { type schema as profile } from "../../../provider/resources/profile/inputs";
import { type schema as project } from "../../../provider/resources/project/inputs";
import { type schema as storagePool } from "../../../provider/resources/storage-pool/inputs";
import { type schema as storageVolume } from "../../../provider/resources/storage-volume/inputs";
import {
  type Duration,
  type ExecArgs,
  type GoldenImageArgs,
  type GuestFileArgs,
  type ImageArgs,
  type ImageSourceArgs,
  type InstanceArgs,
  type InstanceSnapshotArgs,
  type InstanceSourceArgs,
  type IsoSourceArgs,
  type IsoVolume,
  type IsoVolumeArgs,
  type NetworkArgs,
  type ProfileArgs,
  type ProjectArgs,
  type PublishTargetArgs,
  type RemoteArgs,
  type Size,
  type StoragePoolArgs,
  type StorageVolumeArgs,
} from "../../../sdk";
import { type FileContent, type FileEntry } from "../../../sdk/resource/file-entry";
import { type Key } from "../../../sdk/instance/key";

/**
 * What an argument is once all outputs are known. `undefined` and absent count as the same, and so do fields of other
 * types of a union and fields that the union does not have. A size or duration is a string to the schema.
 */
type Known<T> = T extends IsoVolume | pulumi.OutputInstance<unknown> | Promise<unknown> | symbol | OtherWait | undefined
  ? never
  : T extends Size | Duration
    ? string
    : T extends (infer Item)[]
      ? Known<Item>[]
      : T extends object
        ? { [Key in keyof T as Exclude<T[Key], undefined> extends never ? never : Key]: Known<T[Key]> }
        : T;

/** Stands in a union for the conditions that it does not have. */
type OtherWait = { condition: object };

// How TypeScript itself compares types, since assignability both ways would let optional keys pass.
/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters */
type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/* eslint-enable */

/** Keys of one that the other has not. */
type Odd<A, B> = Exclude<keyof A, keyof B> | Exclude<keyof B, keyof A>;

/** Each argument whose type is not that of the schema, which the compiler then names. */
type Different<Args, Taken> = {
  [Key in keyof Args | keyof Taken]-?: Key extends Odd<Args, Taken>
    ? Key
    : Equal<Known<Field<Args, Key>>, Known<Field<Taken, Key>>> extends true
      ? never
      : Key;
}[keyof Args | keyof Taken];

type Field<T, Key> = Key extends keyof T ? Exclude<T[Key], undefined> : never;
type Required<T> = { [Key in keyof T]-?: object extends Pick<T, Key> ? never : Key }[keyof T];

/** A remote is written in several forms, which the base class makes one of; that one is compared by itself. */
type Same<Args, Taken> = Equally<Omit<Args, "remote">, Omit<Taken, "remote">>;
type Equally<Args, Taken> = [
  Different<Args, Taken>,
  Exclude<Required<Args>, Required<Taken>>,
  Exclude<Required<Taken>, Required<Args>>,
];
type Nothing = [never, never, never];

type InstanceInput = z.input<typeof instance>;
type CdromInput = NonNullable<InstanceInput["cdroms"]>[number];
/** The rest of a volume reference is filled in by the class, from the volume that it is given. */
type Written<T> = T extends { volume: infer Volume }
  ? Omit<T, "volume"> & { volume: Pick<Volume, Extract<keyof Volume, "pool" | "name">> }
  : T;
type WrittenCdrom = Written<CdromInput>;
type WrittenInstance = Omit<InstanceInput, "cdroms" | "files" | "source"> &
  Pick<InstanceArgs, "source"> & { cdroms?: WrittenCdrom[]; files?: GuestFileArgs[] };
type WrittenImage = Omit<z.input<typeof image>, "source"> & Pick<ImageArgs, "source">;
/** The class turns the content into what can be sent; the hash is computed. */
type GuestFileKeys = Exclude<keyof NonNullable<InstanceInput["files"]>[number], "digest">;

/** The class turns files, assets and volumes into what can be sent, so of a source only the keys can be the same. */
type WrittenVolume = Omit<z.input<typeof isoVolume>, "source"> & { source?: IsoSourceArgs };
type KeysOfAny<T> = T extends unknown ? keyof T : never;

/**
 * Of an image server's image, the types demand one of alias and fingerprint and the schemas allow both; so it is with
 * the addresses of a remote. So all that programs can write must be valid, and all fields that are valid must have a type.
 */
type SameSource<Args, Taken> = [Exclude<KeysOfAny<Taken>, KeysOfAny<Args>>, Exclude<Known<Args>, Known<Taken>>];

/** The component gives the version, and turns volumes and files into what can be sent. */
type WrittenGolden = Omit<z.input<typeof goldenBuild>, "version" | "iso" | "media" | "provision" | "publishTo"> &
  Pick<GoldenImageArgs, "iso" | "media" | "provision" | "publishTo">;

/** The class sends an instance by its name and its identity. */
type WrittenExec = Omit<z.input<typeof exec>, "instance" | "__instance" | "stdout" | "stderr"> &
  Pick<ExecArgs, "instance">;
type WrittenSnapshot = Omit<z.input<typeof instanceSnapshot>, "instance" | "__instance"> &
  Pick<InstanceSnapshotArgs, "instance">;

export const execArgs: Nothing = [] as never as Same<ExecArgs, WrittenExec>;
export const snapshotArgs: Nothing = [] as never as Same<InstanceSnapshotArgs, WrittenSnapshot>;
export const goldenImageArgs: Nothing = [] as never as Same<GoldenImageArgs, WrittenGolden>;
export const publishTargetArgs: Nothing = [] as never as Same<PublishTargetArgs, z.input<typeof targetSchema>>;
export const isoVolumeArgs: Nothing = [] as never as Same<IsoVolumeArgs, WrittenVolume>;
/** What is sent without being an argument as such. */
export const keyNames: Equal<Key, GuestKey> = true;
export const fileContents: Equal<FileContent, GuestFileContent> = true;
export const fileEntries: Equal<FileEntry, IsoFileEntry> = true;
export const isoSourceKeys: Equal<KeysOfAny<IsoSourceArgs>, KeysOfAny<IsoSource>> = true;
export const imageArgs: Nothing = [] as never as Same<ImageArgs, WrittenImage>;
export const imageSources: [never, never] = [] as never as SameSource<ImageSourceArgs, ImageSource>;
export const guestFileKeys: Equal<keyof GuestFileArgs, GuestFileKeys> = true;
export const instanceArgs: Nothing = [] as never as Same<InstanceArgs, WrittenInstance>;
export const instanceSources: [never, never] = [] as never as SameSource<InstanceSourceArgs, InstanceSource>;
export const remoteArgs: [never, never] = [] as never as SameSource<
  RemoteArgs,
  NonNullable<z.input<typeof remoteSchema>>
>;
export const profileArgs: Nothing = [] as never as Same<ProfileArgs, z.input<typeof profile>>;
export const projectArgs: Nothing = [] as never as Same<ProjectArgs, z.input<typeof project>>;
export const storageVolumeArgs: Nothing = [] as never as Same<StorageVolumeArgs, z.input<typeof storageVolume>>;
export const networkArgs: Nothing = [] as never as Same<NetworkArgs, z.input<typeof network>>;
export const storagePoolArgs: Nothing = [] as never as Same<StoragePoolArgs, z.input<typeof storagePool>>;
