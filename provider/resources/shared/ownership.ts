// Who made an object on the daemon: a key with the resource's URN, on everything that can carry one.

/** On instances in the config, on images among the properties. */
export const ownerKey = "user.pulumi.owner";
/** Sent with the request that makes an object, and removed once its success was seen: with it, part may be missing. */
export const creatingKey = "user.pulumi.creating";
/** On a machine whose waits are not over: a run that was killed, or whose wait failed, goes on from here. */
export const pendingKey = "user.pulumi.pending";
/** On such a machine: with which settings it is started next or was started, see `startMark`. */
export const startedKey = "user.pulumi.started";
/** On the machines and images of a golden image: which version they are of, and of what inputs. */
export const versionKey = "user.pulumi.version";
export const hashKey = "user.pulumi.inputs-hash";
/** On a builder: how many steps are done in what was installed. */
export const stepsKey = "user.pulumi.steps";
/** On a builder whose installation was given up: for how many milliseconds it was waited for, and since which start. */
export const givenUpKey = "user.pulumi.given-up";
/** On a machine that was not made from an image by its fingerprint: what it was made from. */
export const sourceKey = "user.pulumi.source";
/** The value of that while the machine gets another root disk. */
export const rebuilding = "rebuilding";
/** On a machine that a volume was taken out of, so that it could be made anew: its devices, until they are back. */
export const detachedKey = "user.pulumi.detached";
/** On a machine or volume that is being moved to another pool: servers copy it, so what a broken move leaves has this too. */
export const movingKey = "user.pulumi.moving";
const ownPrefix = "user.pulumi.";

/** Whether a config key or image property is bookkeeping of this provider rather than the user's. */
export function isProviderKey(key: string): boolean {
  return key.startsWith(ownPrefix);
}

/** Whether two URNs are of one stack of one project. */
export function isSameStack(urn: string, other: string | undefined): boolean {
  return other !== undefined && stackOf(urn) === stackOf(other);
}

/** The name that the program gave the resource: the last part of its URN. */
export function logicalName(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

function stackOf(urn: string): string {
  return urn.split("::").slice(0, 2).join("::");
}
