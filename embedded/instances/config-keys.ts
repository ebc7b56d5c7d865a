// Config keys of instances, and the order in which the real daemons validate them.
import { failed, wrapErrors } from "../errors";
import type { Config, InstanceType } from "../store/records";
import {
  anything,
  boolean,
  type CheckValue,
  cpus,
  integer,
  oneOf,
  size,
  sizeOrPercent,
  unsigned,
  uuid,
} from "./config-values";

interface KeyRule {
  /** A whole key, or everything below it with `.*`. */
  keys: string[];
  /** Checked early on any type, on containers only, or on VMs only. */
  on: "any" | "container" | "virtual-machine";
  check: CheckValue;
}

const RULES: readonly KeyRule[] = [
  {
    on: "any",
    check: boolean,
    keys: ["boot.autostart", "boot.autorestart", "migration.stateful", "security.guestapi"],
  },
  { on: "any", check: boolean, keys: ["security.protection.delete", "snapshots.schedule.stopped"] },
  { on: "any", check: integer, keys: ["boot.autostart.delay", "boot.autostart.priority", "boot.stop.priority"] },
  { on: "any", check: integer, keys: ["boot.host_shutdown_timeout", "limits.disk.priority"] },
  { on: "any", check: oneOf("stop", "force-stop", "stateful-stop"), keys: ["boot.host_shutdown_action"] },
  { on: "any", check: anything, keys: ["cloud-init.user-data", "cloud-init.vendor-data", "cloud-init.network-config"] },
  { on: "any", check: anything, keys: ["user.*", "environment.*", "image.*", "limits.cpu.nodes", "cluster.evacuate"] },
  { on: "any", check: anything, keys: ["raw.apparmor", "raw.idmap", "raw.lxc", "raw.seccomp", "nvidia.*"] },
  { on: "any", check: anything, keys: ["snapshots.schedule", "snapshots.pattern", "snapshots.expiry"] },
  { on: "any", check: cpus, keys: ["limits.cpu"] },
  { on: "any", check: sizeOrPercent, keys: ["limits.memory"] },
  { on: "any", check: uuid, keys: ["volatile.uuid", "volatile.uuid.generation", "volatile.cloud-init.instance-id"] },
  { on: "any", check: anything, keys: ["volatile.base_image", "volatile.apply_template", "volatile.idmap.*"] },
  { on: "any", check: anything, keys: ["volatile.evacuate.origin"] },
  { on: "any", check: anything, keys: ["volatile.last_state.*", "linux.kernel_modules", "linux.sysctl.*"] },
  { on: "container", check: anything, keys: ["limits.cpu.allowance", "limits.memory.swap", "security.syscalls.*"] },
  { on: "container", check: integer, keys: ["limits.cpu.priority", "limits.memory.swap.priority", "limits.processes"] },
  { on: "container", check: size, keys: ["limits.hugepages.*"] },
  { on: "container", check: oneOf("soft", "hard"), keys: ["limits.memory.enforce"] },
  { on: "container", check: boolean, keys: ["migration.incremental.memory", "security.guestapi.images"] },
  { on: "container", check: boolean, keys: ["security.idmap.isolated", "security.nesting", "security.privileged"] },
  { on: "container", check: boolean, keys: ["security.protection.shift"] },
  { on: "container", check: unsigned, keys: ["security.idmap.base", "security.idmap.size"] },
  { on: "container", check: anything, keys: ["limits.kernel.*"] },
  { on: "virtual-machine", check: boolean, keys: ["limits.memory.hugepages", "security.agent.metrics"] },
  { on: "virtual-machine", check: boolean, keys: ["security.csm", "security.secureboot", "security.sev"] },
  { on: "virtual-machine", check: boolean, keys: ["security.iommu", "agent.nic_config", "volatile.apply_nvram"] },
  { on: "virtual-machine", check: anything, keys: ["raw.qemu", "raw.qemu.*", "smbios11.*", "volatile.vm.*"] },
  { on: "virtual-machine", check: integer, keys: ["volatile.vsock_id"] },
];

/** Keys that contain a device's name: `volatile.eth0.hwaddr`. */
const DEVICE_KEY = /^volatile\.[^.]+\.(hwaddr|name|host_name|apply_quota|last_state\.\w+)$/;

/** The rule of a key, or undefined if the key is unknown. */
export function ruleOf(key: string): KeyRule | undefined {
  const covers = (pattern: string) => (pattern.endsWith(".*") ? key.startsWith(pattern.slice(0, -1)) : key === pattern);
  const rule = RULES.find(({ keys }) => keys.some(covers));
  if (rule !== undefined) return rule;
  return DEVICE_KEY.test(key) ? { keys: [], on: "any", check: anything } : undefined;
}

const unknown = (key: string) => failed(`Unknown configuration key: ${key}`);

/** The first validation of a config. For VMs it skips keys that are unknown or for containers only. */
export function checkConfigEarly(config: Config, type: InstanceType): void {
  for (const [key, value] of Object.entries(config).sort()) {
    const rule = ruleOf(key);
    if (type === "virtual-machine") {
      if (key.startsWith("limits.kernel.")) throw failed(`${key} isn't supported for VMs`);
      if (rule !== undefined && rule.on !== "container" && value !== "") rule.check(value);
    } else if (rule === undefined || rule.on === "virtual-machine") throw unknown(key);
    else if (value !== "") rule.check(value);
  }
}

/** The second validation, on the config with its profiles, covers what the first skipped. */
export function checkConfigLate(config: Config, say: string): void {
  wrapErrors(say, () => {
    for (const [key, value] of Object.entries(config).sort()) {
      const rule = ruleOf(key);
      if (rule === undefined) throw unknown(key);
      if (value !== "") rule.check(value);
    }
  });
}

/** A profile's config: keys of either type. */
export function checkProfileConfig(config: Config): void {
  for (const [key, value] of Object.entries(config).sort()) {
    const rule = ruleOf(key);
    if (rule === undefined || key.startsWith("volatile.")) throw unknown(key);
    if (value !== "") rule.check(value);
  }
}
