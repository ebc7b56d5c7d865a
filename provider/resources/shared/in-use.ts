// Who keeps an object from being deleted, in words.
import { LxdError } from "../../base/errors";

export function inUse(kindName: string, users: string[]): LxdError {
  const advice = "Remove it from them, or delete them, first.";
  return new LxdError({
    code: "in-use",
    why: `the ${kindName} is in use by ${users.map(described).join(", ")}`,
    advice,
  });
}

/** `/1.0/instances/vm?project=p` as `instances/vm of project p`. */
function described(url: string): string {
  const [path = "", query = ""] = url.split("?");
  const project = new URLSearchParams(query).get("project");
  const place = decodeURIComponent(path.replace(/^\/1\.0\//, ""));
  return project === null ? place : `${place} of project ${project}`;
}
