// Which properties are secret. Rejects secret names: an ID is built from names, and Pulumi does not encrypt IDs.
import { secretPathsIn } from "./redactor";
import { describePath } from "../../kind/validate";
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

/** Returns a test whether the program marks a property, a part of it, or what contains it, as secret. */
export function secretTest(props: Props): (property: string) => boolean {
  const secrets = secretPathsIn(props).map(describePath);
  const isPart = (part: string, whole: string): boolean =>
    part.startsWith(whole) && ["", ".", "["].includes(part.slice(whole.length, whole.length + 1));
  return (property) => secrets.some((secret) => isPart(property, secret) || isPart(secret, property));
}
