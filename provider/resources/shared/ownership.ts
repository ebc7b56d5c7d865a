// Ownership and state keys that the provider stores on the daemon's objects.

/** The URN of the owning resource: in the config of an instance, in the properties of an image. */
export const ownerKey = "user.pulumi.owner";
/**
 * Set by the create request and removed once the create is known to have succeeded; while set, the object may be
 * incomplete.
 */
export const creatingKey = "user.pulumi.creating";
/** Set on an instance whose waits are not finished; the next run resumes there after a failed wait or a killed run. */
export const pendingKey = "user.pulumi.pending";
/** On an instance with pending waits: the settings of its current or next start, see `startMark`. */
export const startedKey = "user.pulumi.started";
/** On the instances and images of a golden image: the version, and the hash of its inputs. */
export const versionKey = "user.pulumi.version";
export const hashKey = "user.pulumi.inputs-hash";
/** On a builder: how many steps are complete in the installed system. */
export const stepsKey = "user.pulumi.steps";
/** On a builder whose installation timed out: how many milliseconds the wait lasted, and from which start. */
export const givenUpKey = "user.pulumi.given-up";
/** On an instance created from anything but an image fingerprint: its source. */
export const sourceKey = "user.pulumi.source";
/** The value of `sourceKey` while the root disk is being replaced. */
export const rebuilding = "rebuilding";
/**
 * On an instance from which a volume was detached so that the volume can be recreated: its devices, until they are
 * reattached.
 */
export const detachedKey = "user.pulumi.detached";
/**
 * On an instance or volume that is moving to another pool. Servers copy the key, so the leftovers of an interrupted
 * move carry it too.
 */
export const movingKey = "user.pulumi.moving";
const ownPrefix = "user.pulumi.";

/** Whether a config key or image property belongs to this provider rather than the user. */
export function isProviderKey(key: string): boolean {
  return key.startsWith(ownPrefix);
}

/** Why a config key of the server or of this provider cannot be set. */
export function reservedReason(key: string): string {
  return /^volatile\..+\.hwaddr$/.test(key)
    ? "is managed by the server; set the MAC address of a network card with nics: [{ mac }]"
    : "is managed by the server or this provider; remove it";
}

/** Whether two URNs belong to the same stack of the same project. */
export function isSameStack(urn: string, other: string | undefined): boolean {
  return other !== undefined && stackOf(urn) === stackOf(other);
}

function stackOf(urn: string): string {
  return urn.split("::").slice(0, 2).join("::");
}
