// The daemon's storage: a collection per object type, and the folders of their files.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { Collection, toFileName } from "./collection";
import type {
  AliasRecord,
  ImageRecord,
  InstanceRecord,
  NetworkRecord,
  PoolRecord,
  ProfileRecord,
  ProjectRecord,
  VolumeRecord,
} from "./records";

/** The key of a record that is scoped by a project and, for some types, a pool. */
export const keyOf = (...parts: string[]): string => parts.join("/");

export class Store {
  readonly dir: string;
  readonly projects: Collection<ProjectRecord>;
  readonly pools: Collection<PoolRecord>;
  readonly networks: Collection<NetworkRecord>;
  readonly profiles: Collection<ProfileRecord>;
  readonly volumes: Collection<VolumeRecord>;
  readonly images: Collection<ImageRecord>;
  readonly aliases: Collection<AliasRecord>;
  readonly instances: Collection<InstanceRecord>;

  constructor(dir: string) {
    this.dir = dir;
    const open = <T>(name: string) => new Collection<T>(join(dir, "database", name));
    this.projects = open("projects");
    this.pools = open("storage-pools");
    this.networks = open("networks");
    this.profiles = open("profiles");
    this.volumes = open("volumes");
    this.images = open("images");
    this.aliases = open("aliases");
    this.instances = open("instances");
    // Files in the spool belong to interrupted uploads.
    rmSync(join(dir, "spool"), { recursive: true, force: true });
    for (const folder of ["spool", "images", "logs"]) mkdirSync(join(dir, folder), { recursive: true });
  }

  /** Nothing is written any more: the daemon was killed. */
  close(): void {
    const { projects, pools, networks, profiles, volumes, images, aliases, instances } = this;
    for (const all of [projects, pools, networks, profiles, volumes, images, aliases, instances]) all.close();
  }

  /** The folder for received bodies that are not processed yet. */
  get spoolDir(): string {
    return join(this.dir, "spool");
  }

  /** The bytes of a custom volume. */
  volumePath(volume: Pick<VolumeRecord, "project" | "pool" | "name">): string {
    const folder = join(this.dir, "storage-pools", toFileName(volume.pool), "custom");
    mkdirSync(folder, { recursive: true });
    return join(folder, toFileName(`${volume.project}_${volume.name}`));
  }

  /** The path into which a root disk is restored; the disks themselves are not simulated. */
  rootPath(pool: string, instance: Pick<InstanceRecord, "project" | "name" | "type">): string {
    const folder = join(this.dir, "storage-pools", toFileName(pool), `${instance.type}s`);
    mkdirSync(folder, { recursive: true });
    return join(folder, toFileName(`${instance.project}_${instance.name}`));
  }

  /**
   * The bytes of an image: the unified tarball or the metadata, and with `.rootfs` the second file of a split image.
   */
  imagePath(fingerprint: string, part: "" | ".rootfs" = ""): string {
    return join(this.dir, "images", `${fingerprint}${part}`);
  }

  /** The guest's serial output, or the part of it that was read while the guest ran. */
  consolePath(instance: Pick<InstanceRecord, "project" | "name">, part: "written" | "read" = "written"): string {
    return join(this.dir, "logs", toFileName(`${instance.project}_${instance.name}.${part}`));
  }

  /** The commands sent to QEMU since the last start. */
  monitorPath(instance: Pick<InstanceRecord, "project" | "name">): string {
    return join(this.dir, "logs", toFileName(`${instance.project}_${instance.name}.orders`));
  }
}
