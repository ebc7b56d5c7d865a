// Which changes always replace a resource, from the `policies` of its kind in `provider/resources`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { root } from "../root.mjs";

/** The inputs of a resource whose change always replaces it. */
export function replacing(/** @type {string} */ resource) {
  const folder = resource === "GoldenImage" ? "golden-build" : resource.replace(/(?<!^)[A-Z]/g, "-$&").toLowerCase();
  const path = join(root, "provider/resources", folder, "inputs.ts");
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true);
  const declared = source.statements
    .filter(ts.isVariableStatement)
    .flatMap((each) => [...each.declarationList.declarations]);
  const policies = declared.find(({ name }) => name.getText() === "policies");
  return policies.initializer.properties.filter(isReplace).map(({ name }) => name.getText());
}

function isReplace(property) {
  return (
    ts.isPropertyAssignment(property) &&
    ts.isStringLiteral(property.initializer) &&
    property.initializer.text === "replace"
  );
}
