// Features that some servers lack, with their first releases: the single source for errors in previews and for the
// table in docs/compatibility.md.

/** Release lines of LXD and Incus, in the column order of docs/compatibility.md. */
export const lines = ["Incus 6.0", "Incus 6", "Incus 7", "LXD 5.0", "LXD 5.21", "LXD 6"] as const;
export type Line = (typeof lines)[number];

/** A release line that introduced features before it became an LTS release listed above. */
type Before = "LXD 5";

export interface Feature {
  /** Name of the feature in docs/compatibility.md and in `doctor`. */
  description: string;
  /** The first release of each line that has the API extension; lines without it are omitted. */
  since: Partial<Record<Line | Before, string>>;
}

const everyIncus = { "Incus 6.0": "6.0.0", "Incus 6": "6.1", "Incus 7": "7.0" };

/**
 * Features by API extension. Servers are asked for the extension, not the version, because LTS lines get some features
 * later than others. Read from `version/api.go` at the release tags of Incus 0.1 to 7.3 and LXD 5.0.0 to 6.9.
 */
export const features = {
  custom_volume_iso: {
    description: "ISO volumes, and machines that boot from them",
    since: { ...everyIncus, "LXD 5.21": "5.21.0", "LXD 5": "5.16", "LXD 6": "6.1" },
  },
  backup_iso: {
    description: "content comparison of imported ISO volumes",
    since: { "Incus 6.0": "6.0.6", "Incus 6": "6.18", "Incus 7": "7.0" },
  },
  security_csm: {
    description: '`firmware: "bios"`',
    since: { ...everyIncus, "LXD 5.21": "5.21.0", "LXD 5": "5.15", "LXD 6": "6.1" },
  },
  disk_io_bus: {
    description: "`bus` of disks and cdroms",
    since: { ...everyIncus, "LXD 5.21": "5.21.0", "LXD 5": "5.20", "LXD 6": "6.1" },
  },
  disk_io_bus_usb: {
    description: '`bus: "usb"`, for Windows media',
    since: { "Incus 6.0": "6.0.4", "Incus 6": "6.11", "Incus 7": "7.0" },
  },
  instances_rebuild: {
    description: '`onImageChange: "rebuild"`',
    since: { ...everyIncus, "LXD 5.21": "5.21.0", "LXD 5": "5.15", "LXD 6": "6.1" },
  },
  instance_pool_move: {
    description: "moving a root disk to another pool",
    since: { ...everyIncus, "LXD 5.0": "5.0.0", "LXD 5.21": "5.21.0", "LXD 5": "5.1", "LXD 6": "6.1" },
  },
  backup_override_name: {
    description: "instances from a backup file",
    since: { ...everyIncus, "LXD 5.0": "5.0.0", "LXD 5.21": "5.21.0", "LXD 5": "5.1", "LXD 6": "6.1" },
  },
  disk_attached: {
    description: "empty drives (`attached: false`)",
    since: { "Incus 6.0": "6.0.5", "Incus 6": "6.15", "Incus 7": "7.0" },
  },
  custom_volume_backup: {
    description: "storage volumes from a backup file",
    since: { ...everyIncus, "LXD 5.0": "5.0.0", "LXD 5.21": "5.21.0", "LXD 5": "5.1", "LXD 6": "6.1" },
  },
  instance_publish_split: {
    description: '`format: "split"` of published images',
    since: { "Incus 6.0": "6.0.5", "Incus 6": "6.13", "Incus 7": "7.0" },
  },
  memory_hotplug: {
    description: "more memory for a running virtual machine",
    since: { "Incus 6.0": "6.0.5", "Incus 6": "6.12", "Incus 7": "7.0" },
  },
  "virtual-machines": {
    description: "copies of golden images",
    since: { ...everyIncus, "LXD 5.0": "5.0.0", "LXD 5.21": "5.21.0", "LXD 5": "5.1", "LXD 6": "6.1" },
  },
  instance_console_screenshot: {
    description: "screenshots of failed builds",
    since: { "Incus 6.0": "6.0.3", "Incus 6": "6.8", "Incus 7": "7.0" },
  },
} satisfies Record<string, Feature>;

/**
 * Returns the releases that have a feature, for example `any Incus, LXD 5.21 LTS or LXD 5.16`; undefined if all
 * releases have it, or if it is not a feature listed here.
 */
export function releasesWith(extension: string): string | undefined {
  const feature: Feature | undefined = (features as Record<string, Feature>)[extension];
  if (feature === undefined) return undefined;
  const { since } = feature;
  const isInEveryIncus = since["Incus 6.0"] === "6.0.0";
  const oldLts = lts("LXD", since["LXD 5.0"]);
  if (isInEveryIncus && oldLts !== undefined) return undefined;
  const newLts = lts("LXD", since["LXD 5.21"]);
  const parts = [
    ...(isInEveryIncus ? ["any Incus"] : [lts("Incus", since["Incus 6.0"]), named("Incus", since["Incus 6"])]),
    ...(oldLts === undefined ? [newLts, named("LXD", since["LXD 5"] ?? since["LXD 6"])] : ["any LXD"]),
  ].filter((part) => part !== undefined);
  return parts.length < 2 ? parts[0] : `${parts.slice(0, -1).join(", ")} or ${String(parts.at(-1))}`;
}

function named(product: string, release: string | undefined): string | undefined {
  return release === undefined ? undefined : `${product} ${release}`;
}

/** Returns `LXD 5.21 LTS` if the first release of the line has the feature, otherwise for example `LXD 5.21.3 LTS`. */
function lts(product: string, release: string | undefined): string | undefined {
  return release === undefined ? undefined : `${product} ${release.replace(/\.0$/, "")} LTS`;
}
