// The schema of the Pulumi package `lxd`: what programs in every language write. Generated from the classes, types and
// documentation comments of `sdk/`, and from the costs of changes in `provider/`.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMain, root } from "../root.mjs";
import { configuration } from "./configuration.mjs";
import { readDeclarations } from "./declarations.mjs";
import { withExample } from "./examples.mjs";
import { functionOf, inputsOf, outputsOf, resourceClasses } from "./resources.mjs";
import { capitalized } from "./shapes.mjs";
import { textOf } from "./text.mjs";
import { Types } from "./types.mjs";

/** In the repository, so that a change of the schema can be read in the diff of what caused it. */
export const schemaFile = join(root, "provider/plugin/schema.json");

export function packageSchema() {
  const declarations = readDeclarations(join(root, "sdk"));
  const types = new Types(declarations);
  const classes = resourceClasses(declarations).sort((a, b) => (a.name.text < b.name.text ? -1 : 1));
  // All inputs first: the type of an output gets a name of its own if it differs from that of the input.
  const inputs = classes.map((node) => inputsOf(node, { types, declarations }));
  const functions = lookups({ types, declarations });
  const resources = classes.map((node, i) => {
    const outputs = outputsOf(node, { types, declarations, inputProperties: inputs[i].inputProperties });
    const description = withExample(node.name.text, textOf(node));
    return [`lxd:index:${node.name.text}`, { description, ...outputs, ...inputs[i] }];
  });
  if (types.undocumented.length > 0) throw new Error(`no documentation: ${types.undocumented.join(", ")}`);
  return {
    ...header(),
    ...configuration(),
    types: Object.fromEntries(
      Object.entries(types.found)
        .sort(byKey)
        .map(([name, type]) => [`lxd:index:${name}`, type]),
    ),
    resources: Object.fromEntries(resources),
    functions,
  };
}

function lookups({ types, declarations }) {
  const found = types.declared("FoundImage", declarations.exported("lookupImage"));
  const { properties, required } = types.found.FoundImage;
  const images = { type: "array", items: found, description: "The images, newest first." };
  const results = {
    lookupImage: { properties, required },
    lookupImages: { properties: { images }, required: ["images"] },
  };
  const functions = Object.entries(results).map(([name, outputs]) => {
    const { description, inputs } = functionOf(name, { types, declarations });
    return [
      `lxd:index:${name}`,
      { description: withExample(capitalized(name), description), inputs, outputs: { type: "object", ...outputs } },
    ];
  });
  return Object.fromEntries(functions);
}

function byKey([one], [other]) {
  return one < other ? -1 : 1;
}

function header() {
  const { version, description, keywords, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return {
    name: "lxd",
    displayName: "LXD and Incus",
    version,
    description,
    keywords,
    license,
    meta: { moduleFormat: "(.*)" },
    language: {
      csharp: { respectSchemaVersion: true },
      go: { importBasePath: "pulumi-lxd/sdk/go/lxd", respectSchemaVersion: true },
      nodejs: { packageName: "pulumi-lxd-sdk", respectSchemaVersion: true },
      python: { packageName: "pulumi_lxd", respectSchemaVersion: true, pyproject: { enabled: true } },
    },
  };
}

if (isMain(import.meta.url)) writeFileSync(schemaFile, `${JSON.stringify(packageSchema(), undefined, 2)}\n`);
