// The resources and functions of the schema, from the classes and functions of the SDK.
import ts from "typescript";
import { replacing } from "./costs.mjs";
import { shapeOf } from "./shapes.mjs";
import { hasTag, textOf } from "./text.mjs";

const bases = ["LxdResource", "pulumi.ComponentResource"];
/** The SDK builds a golden image from two resources; the provider builds it as one. */
const internal = ["GoldenBuild", "LxdResource"];

/** The classes that are resources. */
export function resourceClasses(declarations) {
  return declarations.classes().filter((node) => {
    const base = node.heritageClauses?.[0]?.types[0]?.expression.getText();
    return bases.includes(base) && !internal.includes(node.name.text);
  });
}

/** The inputs of a resource: properties of `${name}Args`. */
export function inputsOf(node, { types, declarations }) {
  const { name } = node;
  const { properties } = shapeOf(declarations.find(`${name.text}Args`, node), undefined, declarations);
  const replaces = replacing(name.text);
  const specs = properties.map((property) => {
    const spec = types.property(property, name.text);
    return [property.name, replaces.includes(property.name) ? { ...spec, willReplaceOnChanges: true } : spec];
  });
  const required = properties.filter(({ isOptional }) => !isOptional).map((property) => property.name);
  return { inputProperties: Object.fromEntries(specs), requiredInputs: required.sort() };
}

/** The outputs of a resource: properties of the class and of its base class. */
export function outputsOf(node, { types, declarations, inputProperties }) {
  const base = declarations.exported("LxdResource").members;
  const members = [...node.members, ...base].filter(isOutput);
  const named = new Map(members.map((member) => [member.name.text, member]).reverse());
  const specs = [...named].map(([name, member]) => {
    const [value] = member.type.typeArguments;
    const isOptional = ts.isUnionTypeNode(value) && value.types.some(isUndefined);
    const text = textOf(member) || inputProperties[name]?.description;
    return { name, isOptional, spec: types.property({ name, node: value, text }, node.name.text) };
  });
  return {
    properties: Object.fromEntries(specs.map(({ name, spec }) => [name, spec]).sort()),
    required: specs
      .filter(({ isOptional }) => !isOptional)
      .map(({ name }) => name)
      .sort(),
  };
}

function isOutput(member) {
  return (
    ts.isPropertyDeclaration(member) &&
    ts.isIdentifier(member.name) &&
    member.type?.getText().startsWith("pulumi.Output<") === true &&
    !hasTag(member, "internal")
  );
}

function isUndefined({ kind }) {
  return kind === ts.SyntaxKind.UndefinedKeyword;
}

/** The inputs of a function of the SDK: the properties of its first parameter. */
export function functionOf(name, { types, declarations }) {
  const node = declarations.exported(name);
  const args = node.parameters[0].type.getText();
  const shape = shapeOf(declarations.find(args, node), undefined, declarations);
  return { description: textOf(node), inputs: { type: "object", ...types.members([shape], args.replace("Args", "")) } };
}
