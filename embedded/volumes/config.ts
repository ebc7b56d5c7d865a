// Validates the config of a custom volume.
import { isSameConfig } from "../config";
import { DaemonError, failed } from "../errors";
import type { Config, ContentType, VolumeRecord } from "../store/records";
import { parseSize } from "../units";

const COMMON = /^(size|user\..+|security\.shared|snapshots\.(expiry|pattern|schedule)|volatile\..+)$/;
const FILESYSTEM = /^(security\.(shifted|unmapped)|initial\.(uid|gid|mode))$/;

/** `name` is the volume's name in error texts. */
export function checkVolumeConfig(config: Config, volume: { name: string; contentType: ContentType }): void {
  for (const [key, value] of Object.entries(config)) {
    const isKnown = COMMON.test(key) || (volume.contentType === "filesystem" && FILESYSTEM.test(key));
    if (!isKnown) throw failed(`Invalid option for volume "${volume.name}" option "${key}"`);
    if (key === "size") parseSize(value);
  }
}

/** An ISO volume accepts only its unchanged config. */
export function checkVolumeUpdate(volume: VolumeRecord, config: Config, status: number): void {
  checkVolumeConfig(config, { name: `${volume.project}_${volume.name}`, contentType: volume.contentType });
  const [before, after] = [volume.config["size"], config["size"]];
  const isShrunk = before !== undefined && after !== undefined && parseSize(after) < parseSize(before);
  if (volume.contentType === "block" && isShrunk) throw failed("Block volumes cannot be shrunk: Cannot be shrunk");
  if (volume.contentType === "iso" && !isSameConfig(volume.config, config)) {
    throw new DaemonError(status, "Custom ISO volume config cannot be changed");
  }
}
