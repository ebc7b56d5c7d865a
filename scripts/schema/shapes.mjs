// The forms of an object type of the SDK: its properties, one set for each type of a union.
import ts from "typescript";
import { textOf } from "./text.mjs";

/**
 * @typedef {{ name: string, node: ts.TypeNode, text: string, isOptional: boolean }} Property
 * @typedef {{ name: string, base: string[], text: string, properties: Property[] }} Shape
 */

/** Types that only the compiler needs: they stand for what is not allowed. */
const compilerOnly = new Set(["Only", "OtherWait"]);

/**
 * Returns no shape for a type that is not an object.
 * @returns {Shape[]}
 */
export function shapesOf(/** @type {ts.Node} */ node, declarations) {
  if (ts.isUnionTypeNode(node)) return node.types.flatMap((each) => shapesOf(each, declarations));
  if (ts.isParenthesizedTypeNode(node)) return shapesOf(node.type, declarations);
  if (ts.isTypeLiteralNode(node)) return [{ name: "", base: [], text: "", properties: propertiesIn(node.members) }];
  if (ts.isIntersectionTypeNode(node)) return intersection(node.types.map((each) => shapesOf(each, declarations)));
  return ts.isTypeReferenceNode(node) ? shapesOfReference(node, declarations) : [];
}

function shapesOfReference(node, declarations) {
  const name = node.typeName.getText();
  const [first, second] = node.typeArguments ?? [];
  if (name === "Resolved") return shapesOf(first, declarations);
  if (name === "Omit") return shapesOf(first, declarations).map((shape) => without(shape, second.literal.text));
  const found = compilerOnly.has(name) ? undefined : declarations.find(name, node);
  if (found === undefined) return [];
  if (ts.isTypeAliasDeclaration(found)) return shapesOf(found.type, declarations);
  return ts.isInterfaceDeclaration(found) ? [shapeOf(found, node.typeArguments, declarations)] : [];
}

/** @returns {Shape} */
export function shapeOf(declaration, typeArguments, declarations) {
  const inherited = (declaration.heritageClauses ?? [])
    .flatMap(({ types }) => [...types])
    .map(({ expression }) => expression.getText())
    .filter((name) => !compilerOnly.has(name))
    .map((name) => shapeOf(declarations.find(name, declaration), undefined, declarations));
  const [parameter] = declaration.typeParameters ?? [];
  const [argument] = typeArguments ?? [];
  const own = propertiesIn(declaration.members).map((property) => {
    const isParameter = parameter !== undefined && property.node.getText() === parameter.name.text;
    return isParameter ? { ...property, node: argument } : property;
  });
  const name = `${argument ? capitalized(argument.literal.text) : ""}${declaration.name.text}`;
  // Two types that differ in one property have their text in their common base.
  const base = inherited.filter(({ name }) => name === "ServerSource").map(({ text }) => text);
  const properties = new Map(
    [...inherited.flatMap((each) => each.properties), ...own].map((each) => [each.name, each]),
  );
  return {
    name,
    base,
    text: textOf(declaration),
    properties: [...properties.values()].filter(({ node }) => !isNothing(node)),
  };
}

/** @returns {Property[]} */
function propertiesIn(members) {
  return members.filter(ts.isPropertySignature).map((member) => ({
    name: member.name.text,
    node: member.type,
    text: textOf(member),
    isOptional: member.questionToken !== undefined || acceptsNothing(member.type),
  }));
}

function isNothing(node) {
  return node.kind === ts.SyntaxKind.UndefinedKeyword;
}

function acceptsNothing(node) {
  return ts.isUnionTypeNode(node) && node.types.some(isNothing);
}

function without(shape, name) {
  return { ...shape, properties: shape.properties.filter((property) => property.name !== name) };
}

function intersection([first, second]) {
  return first.flatMap((one) =>
    second.map((other) => ({ ...one, properties: [...one.properties, ...other.properties] })),
  );
}

export function capitalized(/** @type {string} */ text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
