// Failures of a check as they reach the engine: the path of the property is the beginning of the reason.
import { type Failure } from "../../../provider/kind/kind";

const path = /^((?:[A-Za-z_]\w*|\["(?:[^"\\]|\\.)*"\])(?:\.[\w$-]+|\[\d+\]|\["(?:[^"\\]|\\.)*"\])*): /;

/** The property and its reason apart, for tests of either. */
export function failureOf({ property, reason }: Failure): Failure {
  const [prefix = "", found = ""] = path.exec(reason) ?? [];
  // What an import is refused for does not always have a property.
  if (property !== "" || found === "" || found === "import") return { property, reason };
  return { property: found, reason: reason.slice(prefix.length) };
}
