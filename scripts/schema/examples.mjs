// Adds the example of a resource or function, a YAML program in `examples/`, to its description.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("examples/", import.meta.url));

/** In the form in which Pulumi's documentation and SDKs show the examples of their own language only. */
export function withExample(/** @type {string} */ name, /** @type {string} */ description) {
  const [title, ...program] = readFileSync(join(folder, `${name}.yaml`), "utf8").split("\n");
  const code = `\`\`\`yaml\n${program.join("\n").trim()}\n\`\`\``;
  const example = `{{% example %}}\n### ${title.replace(/^# /, "")}\n\n${code}\n{{% /example %}}`;
  return `${description}\n\n{{% examples %}}\n## Example Usage\n${example}\n{{% /examples %}}`;
}
