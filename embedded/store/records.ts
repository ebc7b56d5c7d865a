// Types of the stored records: the daemon's internal state, not its wire format.

export type Config = Record<string, string>;
export type Devices = Record<string, Record<string, string>>;
export type InstanceType = "container" | "virtual-machine";
export type ContentType = "filesystem" | "block" | "iso";

export interface ProjectRecord {
  name: string;
  description: string;
  config: Config;
}

export interface PoolRecord {
  name: string;
  description: string;
  driver: string;
  config: Config;
}

export interface NetworkRecord {
  project: string;
  name: string;
  type: string;
  description: string;
  config: Config;
}

export interface ProfileRecord {
  project: string;
  name: string;
  description: string;
  config: Config;
  devices: Devices;
}

/** A custom volume; the volumes of instances are derived from the instances. */
export interface VolumeRecord {
  project: string;
  pool: string;
  name: string;
  description: string;
  contentType: ContentType;
  config: Config;
  createdAt: string;
  /** Names of its snapshots. */
  snapshots?: string[];
}

export interface UpdateSource {
  server: string;
  protocol: string;
  alias?: string | undefined;
  certificate?: string | undefined;
  imageType?: string | undefined;
  project?: string | undefined;
}

export interface ImageRecord {
  project: string;
  fingerprint: string;
  filename: string;
  sizeBytes: number;
  type: InstanceType;
  architecture: string;
  properties: Config;
  /** The properties in its metadata.yaml, which images published from its instances inherit. */
  ownProperties: Config;
  public: boolean;
  autoUpdate: boolean;
  profiles: string[];
  createdAt: string;
  uploadedAt: string;
  expiresAt: string;
  lastUsedAt: string;
  /** Whether it has two files: metadata and rootfs. */
  split: boolean;
  /** The source of the pull, if it was selected by alias. */
  updateSource?: UpdateSource;
}

export interface AliasRecord {
  project: string;
  name: string;
  description: string;
  target: string;
  /** The order of creation: an image lists its aliases by it. */
  serial: number;
}

/** A file, folder or symbolic link of a simulated guest. */
export interface GuestFile {
  type: "file" | "directory" | "symlink";
  uid: number;
  gid: number;
  mode: number;
  modifiedAt: string;
  /** A file's bytes in base64; the target of a link. */
  content: string;
}

/** The contents of a simulated guest's root disk. */
export interface RootDisk {
  /** `partial` is the disk of an instance that is being created, or was when its daemon was killed. */
  state: "blank" | "installed" | "image" | "partial";
  /** The ISO volume that installed it, or the image's fingerprint. */
  from?: string;
  /** Properties in the metadata of the image from which it was created. */
  properties?: Config;
  /** Files written since its creation, keyed by path. Other files of a guest are not simulated. */
  files?: Record<string, GuestFile>;
}

export interface SnapshotRecord {
  name: string;
  createdAt: string;
  expiresAt: string;
  stateful: boolean;
  architecture: string;
  config: Config;
  devices: Devices;
  profiles: string[];
  ephemeral: boolean;
  disk: RootDisk;
}

export interface InstanceRecord {
  project: string;
  name: string;
  type: InstanceType;
  architecture: string;
  description: string;
  config: Config;
  devices: Devices;
  profiles: string[];
  ephemeral: boolean;
  stateful: boolean;
  createdAt: string;
  lastUsedAt: string;
  status: "Stopped" | "Running" | "Frozen";
  startedAt: string;
  disk: RootDisk;
  snapshots: SnapshotRecord[];
}

/** The two spellings of "never" in the real daemons. */
export const NEVER = "0001-01-01T00:00:00Z";
export const EPOCH = "1970-01-01T00:00:00Z";
