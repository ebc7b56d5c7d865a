// Explains what prevents an object from being deleted.
import { LxdError } from "../../base/errors";
import { parseUser } from "../../lxd/api/used-by";

export function inUse(kindName: string, users: string[]): LxdError {
  const advice = "Remove it from them, or delete them, first.";
  return new LxdError({
    code: "in-use",
    why: `the ${kindName} is in use by ${users.map(described).join(", ")}`,
    advice,
  });
}

/** Formats `/1.0/instances/vm?project=p` as `instances/vm of project p`. */
function described(url: string): string {
  const { collection, name, project } = parseUser(url);
  return `${collection}/${name}${project === "default" ? "" : ` of project ${project}`}`;
}
