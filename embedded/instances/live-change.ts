// Changes that a running VM accepts.
import { failed } from "../errors";
import type { Config } from "../store/records";
import { parseSize } from "../units";
import { ruleOf } from "./config-keys";

/** Keys that a running VM applies immediately or at its next start. */
const LIVE = [
  /^limits\.cpu$/,
  /^(boot|cloud-init|environment|image|snapshots|user|volatile)\./,
  /^cluster\.evacuate$/,
  /^security\.(agent\.metrics|protection\..+|secureboot|csm)$/,
];

const isLive = (key: string): boolean => ruleOf(key)?.on === "container" || LIVE.some((pattern) => pattern.test(key));

const MIB = 1024 * 1024;
const DEFAULT_MEMORY = "1GiB";

/** The memory of a running VM may shrink, but not grow. */
function checkMemory(before: string, after: string): void {
  if (before.endsWith("%") || after.endsWith("%")) return;
  const [was, desired] = [before, after].map((text) => Math.floor(parseSize(text) / MIB)) as [number, number];
  if (desired <= was) return;
  const sizes = `Boot time size ${was}MiB, new size ${desired}MiB`;
  const reason = `Cannot increase memory size beyond boot time size when VM is running (${sizes})`;
  throw failed(`Failed updating memory limit: ${reason}`);
}

/** Throws for the first changed key that requires a stopped VM. */
export function checkLiveChange(before: Config, after: Config): void {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const changed = keys.filter((key) => before[key] !== after[key]);
  const refused = changed.find((key) => key !== "limits.memory" && !isLive(key));
  if (refused !== undefined) throw failed(`Key "${refused}" cannot be updated when VM is running`);
  if (!changed.includes("limits.memory")) return;
  checkMemory(before["limits.memory"] ?? DEFAULT_MEMORY, after["limits.memory"] ?? DEFAULT_MEMORY);
}
