// Parses sizes: "64MiB", "10GB", "4096".
import { failed } from "./errors";

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
const BINARY_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** The size in bytes; throws the daemons' 500 if it is not valid. */
export function parseSize(text: string): number {
  const match = /^(\d+)\s*([A-Za-z]*)$/.exec(text);
  const unit = match?.[2] ?? "";
  const decimal = UNITS.indexOf(unit === "" ? "B" : unit);
  const binary = BINARY_UNITS.indexOf(unit);
  if (match === null || (decimal < 0 && binary < 0)) throw failed(`Invalid value: ${text}`);
  return Number(match[1]) * (binary > 0 ? 1024 ** binary : 1000 ** decimal);
}
