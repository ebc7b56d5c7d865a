// The emulated product: its names, its header family and the API extensions that are implemented.

/** The name of the server, which distinguishes it from a real one. */
export const serverName = "pulumi-lxd-embedded";

/** Extensions that LXD and Incus share and this daemon implements. */
const COMMON = [
  "container_full",
  "patch",
  "etag",
  "entity_description",
  "image_create_aliases",
  "operation_description",
  "event_lifecycle",
  "console",
  "container_exec_user_group_cwd",
  "file_delete",
  "file_symlinks",
  "custom_block_volumes",
  "instances",
  "virtual-machines",
  "vm_boot_priority",
  "image_types",
  "image_profiles",
  "api_filtering",
  "projects",
  "network",
  "usedby_consistency",
  "storage",
  "storage_api_project",
  "storage_volume_api_filtering",
  "storage_volume_state",
  "storage_volumes_created_at",
  "instance_get_full",
  "instance_all_projects",
  "images_all_projects",
  "images_expiry",
  "server_supported_storage_drivers",
  "server_instance_driver_operational",
  "security_csm",
  "container_backup",
  "container_backup_override_pool",
  "backup_override_name",
  "instance_pool_move",
  "instances_rebuild",
  "custom_volume_iso",
  "operation_wait",
  "disk_io_bus",
  "disk_io_bus_virtio_blk",
  "instance_create_start",
  "shared_custom_block_volumes",
] as const;

const OWN: Record<ServerKind, readonly string[]> = {
  incus: [
    "restrict_dev_incus",
    "image_import_alias",
    "api_filtering_extended",
    "disk_io_bus_usb",
    "profiles_all_projects",
  ],
  lxd: ["restrict_devlxd", "devlxd_events"],
};

/** Everything that differs between the two products in the API. */
export interface Product {
  readonly kind: ServerKind;
  /** `environment.server_version`. */
  readonly version: string;
  /** Lower-case prefix of the request headers that it reads; the other family is ignored. */
  readonly headerPrefix: "x-incus-" | "x-lxd-";
  /** "Incus" or "LXD", for texts. */
  readonly title: "Incus" | "LXD";
  readonly extensions: readonly string[];
  has(extension: string): boolean;
}

export function productOf(kind: ServerKind, change: { add: readonly string[]; remove: readonly string[] }): Product {
  const announced = new Set([...COMMON, ...OWN[kind], ...change.add].filter((name) => !change.remove.includes(name)));
  const names =
    kind === "incus"
      ? ({ version: "6.0.4", headerPrefix: "x-incus-", title: "Incus" } as const)
      : ({ version: "5.21.3", headerPrefix: "x-lxd-", title: "LXD" } as const);
  return { kind, ...names, extensions: [...announced], has: (extension) => announced.has(extension) };
}

/** The product that the daemon emulates. */
export type ServerKind = "incus" | "lxd";
