// Rejects secret names: a resource's ID is built from its names, and Pulumi does not encrypt IDs.
import { secretPathsIn } from "./redactor";
import { type Props } from "../../kind/props";
import { type Failure } from "../../kind/kind";

/** The inputs that form the IDs of all kinds. */
const naming = ["project", "pool", "instance", "name"];

export function secretNames(props: Props): Failure[] {
  const secret = secretPathsIn(props).map(([key]) => key);
  return naming
    .filter((key) => secret.includes(key))
    .map((key) => ({ property: key, reason: `cannot be a secret: ${why}` }));
}

const why =
  "the resource's ID, which the state stores in plain text, and the object's name on the server contain it; " +
  "use pulumi.unsecret(…) if it is not confidential";
