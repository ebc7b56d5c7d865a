// What this package keeps with a resource's inputs and outputs, under names with two underscores that previews leave out.
import { secretsKey } from "./confidential";
import { type Bag } from "./dynamic-provider";
import { type ServerInputs } from "./kind";
import { plain } from "./plain";
import { type Whereabouts } from "./servers";

export function remoteOf(bag: Bag): ServerInputs["remote"] {
  return bag["remote"] as ServerInputs["remote"];
}

/** What Pulumi stores beside the noun's own outputs: outputs replace the state as a whole. */
export function keep(outputs: object, bag: Bag, where: Whereabouts): Bag {
  const { remote, __urn, __provider, [secretsKey]: secrets } = bag;
  return plain({ ...outputs, remote, __urn, __provider, [secretsKey]: secrets, ...where });
}

/** The part of a state that is inputs; a noun names those of its own in its policies. */
export function inputsIn(props: Bag, policies: object): Bag {
  const keys = [...Object.keys(policies), "remote", "__urn", "__at", "__server", secretsKey];
  return Object.fromEntries(keys.filter((key) => props[key] !== undefined).map((key) => [key, props[key]]));
}
