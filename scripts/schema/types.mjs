// Converts types of the SDK to types of a Pulumi schema, and collects the object types and enumerations on the way.
import { isDeepStrictEqual } from "node:util";
import ts from "typescript";
import { discriminatorOf, mergedProperties, textOfForms } from "./forms.mjs";
import { capitalized, shapeOf, shapesOf } from "./shapes.mjs";
import { textOf } from "./text.mjs";
import { secretProperties, texts } from "./texts.mjs";

const text = { type: "string" };
const asset = { $ref: "pulumi.json#/Asset" };

/** Types of the SDK that the schema has no equivalent of, by what stands for them. */
const known = {
  KeyValues: { type: "object", additionalProperties: text },
  Size: text,
  Duration: text,
  Key: text,
  "pulumi.asset.Asset": asset,
  "pulumi.asset.Archive": asset,
};
/** What only the SDK can convert: the bytes of a file, and an instance instead of its name. */
const convertedBySdk = new Set(["Uint8Array", "Instance", "OtherWait"]);
const wrappers = new Set(["pulumi.Input", "pulumi.Output", "OptionalInput", "StringInput", "ItemInput", "Resolved"]);
/** In the SDK, a volume can be given itself instead of a reference to it. */
const sameType = { IsoVolume: "VolumeReference", VolumeReferenceArgs: "VolumeReference", RemoteInput: "RemoteArgs" };

/** @typedef {{ name: string }} At The name of the type to make of what has none: that of its owner and its property. */

export class Types {
  /** @type {Record<string, any>} */
  found = {};
  /** @type {string[]} */
  undocumented = [];

  constructor(declarations) {
    this.declarations = declarations;
  }

  /** The schema's type, or undefined for a type that only the SDK has. */
  spec(/** @type {ts.Node} */ node, /** @type {At} */ at) {
    if (ts.isParenthesizedTypeNode(node)) return this.spec(node.type, at);
    if (ts.isArrayTypeNode(node)) return { type: "array", items: this.spec(node.elementType, at) };
    if (ts.isUnionTypeNode(node)) return this.union(node, at);
    if (ts.isTypeReferenceNode(node)) return this.reference(node, at);
    if (ts.isTypeLiteralNode(node)) return this.object(at.name, shapesOf(node, this.declarations), at.text ?? "");
    if (ts.isLiteralTypeNode(node)) return this.enumeration(at.name, [node.literal.text]);
    if (node.kind === ts.SyntaxKind.StringKeyword) return text;
    if (node.kind === ts.SyntaxKind.NumberKeyword) return { type: "integer" };
    if (node.kind === ts.SyntaxKind.BooleanKeyword) return { type: "boolean" };
    throw new Error(`${at.name}: the schema cannot express ${node.getText()}`);
  }

  reference(node, at) {
    const name = node.typeName.getText();
    const [first, second] = node.typeArguments ?? [];
    if (wrappers.has(name)) return this.spec(first, at);
    if (name === "Record") return { type: "object", additionalProperties: this.spec(second, at) };
    if (known[name] !== undefined) return known[name];
    if (convertedBySdk.has(name)) return undefined;
    return this.declared(sameType[name] ?? name, node);
  }

  declared(name, from) {
    const declaration = this.declarations.find(name, from);
    const shapes = ts.isInterfaceDeclaration(declaration)
      ? [shapeOf(declaration, undefined, this.declarations)]
      : shapesOf(declaration.type, this.declarations);
    if (shapes.length === 0) return this.spec(declaration.type, { name });
    return this.object(name.replace(/Args$/, ""), shapes, textOf(declaration));
  }

  /** A type of the SDK with this name, or the discriminated union of its forms. */
  object(name, shapes, description) {
    const discriminator = discriminatorOf(shapes);
    if (discriminator !== undefined) return this.discriminated(shapes, discriminator);
    const text = shapes.length === 1 ? description || shapes[0].text : textOfForms(shapes, description);
    return this.named(name, { description: text, type: "object", ...this.members(shapes, name) });
  }

  /** The properties of all forms. */
  members(shapes, owner) {
    const merged = mergedProperties(shapes);
    const properties = merged.map((property) => [property.name, this.property(property, owner)]);
    const required = merged.filter(({ isOptional }) => !isOptional).map(({ name }) => name);
    return { properties: Object.fromEntries(properties), ...(required.length > 0 ? { required } : {}) };
  }

  discriminated(shapes, { propertyName, values }) {
    const refs = shapes.map((shape) => this.object(shape.name, [shape], shape.text));
    const mapping = Object.fromEntries(values.map((value, i) => [value, refs[i].$ref]));
    return { oneOf: refs, discriminator: { propertyName, mapping } };
  }

  /** @param {import("./shapes.mjs").Property & { nodes?: ts.TypeNode[] }} property */
  property({ name, node, nodes = [node], text: description }, owner) {
    const at = `${owner}.${name}`;
    const specs = nodes.map((each) =>
      this.propertyType(each, { name: `${owner}${capitalized(name)}`, text: description }),
    );
    // More than an integer of 32 bits, which some languages have, can hold.
    const type = name === "sizeBytes" ? { type: "number" } : typeOfForms(specs);
    const given =
      texts[at] ??
      texts[name] ??
      (type.const === undefined ? description : `Selects this condition: \`${type.const}\`.`);
    if (!given) this.undocumented.push(at);
    return { ...type, description: given, ...(secretProperties.includes(at) ? { secret: true } : {}) };
  }

  propertyType(node, at) {
    return isConstant(node) ? { type: "string", const: node.literal.text } : this.spec(node, at);
  }

  enumeration(name, values) {
    const all = [...new Set([...(this.found[name]?.enum ?? []).map(({ value }) => value), ...values])];
    this.found[name] = { type: "string", enum: all.map((value) => ({ name: enumName(value), value })) };
    return { $ref: `#/types/lxd:index:${name}` };
  }

  /** What an output has in another form than the input of the same name is a type of its own. */
  named(name, type) {
    const existing = this.found[name];
    const isNew = existing === undefined || isDeepStrictEqual(typesIn(existing), typesIn(type));
    const own = isNew ? name : `${name}State`;
    this.found[own] ??= type;
    return { $ref: `#/types/lxd:index:${own}` };
  }

  union(node, at) {
    const members = node.types.filter(({ kind }) => kind !== ts.SyntaxKind.UndefinedKeyword);
    const literals = members.filter(ts.isLiteralTypeNode).map(({ literal }) => literal.text);
    if (members.length > 1 && literals.length === members.length) return this.enumeration(at.name, literals);
    // A volume stands for a reference to it, whatever else can refer to one.
    const references = members.some((member) => member.getText() === "IsoVolume")
      ? members.filter((member) => !ts.isTypeLiteralNode(member))
      : members;
    const specs = references.map((member) => this.spec(member, at)).filter((spec) => spec !== undefined);
    const distinct = specs.filter((spec, i) => specs.findIndex((each) => isDeepStrictEqual(each, spec)) === i);
    return distinct.length === 1
      ? distinct[0]
      : { oneOf: distinct.map((spec) => (spec.type === "integer" ? { type: "number" } : spec)) };
  }
}

/** What a property of several forms can be. */
function typeOfForms(specs) {
  if (specs.every((each) => isDeepStrictEqual(each, specs[0]))) return specs[0];
  const all = specs.flatMap((each) => each.oneOf ?? [each]);
  return { oneOf: all.filter((spec, i) => all.findIndex((each) => isDeepStrictEqual(each, spec)) === i) };
}

function isConstant(node) {
  return ts.isLiteralTypeNode(node) && ts.isStringLiteral(node.literal);
}

/** `page-up` becomes `PageUp`. */
function enumName(value) {
  return value
    .split(/[^A-Za-z0-9]+/)
    .map(capitalized)
    .join("");
}

function typesIn({ properties = {} }) {
  return Object.fromEntries(Object.entries(properties).map(([name, { description: _, ...type }]) => [name, type]));
}
