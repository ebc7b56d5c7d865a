// Unions of object types: by a discriminator if their types have one, otherwise one object type with all properties.
import ts from "typescript";
import { listed } from "./text.mjs";

/** The property that has another constant in each form. */
export function discriminatorOf(/** @type {import("./shapes.mjs").Shape[]} */ shapes) {
  if (shapes.length < 2) return undefined;
  const constants = shapes.map(({ properties }) => properties.find(({ node }) => ts.isLiteralTypeNode(node)));
  if (constants.some((each) => each === undefined || each.name !== constants[0].name)) return undefined;
  return { propertyName: constants[0].name, values: constants.map(({ node }) => node.literal.text) };
}

/** The property by which a form is recognised: one that it requires, otherwise one that only it has. */
function tagOf({ properties }, shapes) {
  const required = properties.filter(({ isOptional }) => !isOptional).map(({ name }) => name);
  if (required.includes("server")) return "server";
  const tag = required.find((name) => name !== "checksum");
  return tag ?? properties.find(({ name }) => shapes.filter((shape) => has(shape, name)).length === 1)?.name;
}

function has({ properties }, name) {
  return properties.some((property) => property.name === name);
}

/** Lists the forms of an object type. */
export function textOfForms(/** @type {import("./shapes.mjs").Shape[]} */ shapes, description) {
  const tags = [...new Set(shapes.map((shape) => tagOf(shape, shapes)))];
  const forms = tags.map((tag) => {
    const tagged = shapes.filter((shape) => tagOf(shape, shapes) === tag);
    const texts = [...new Set([...tagged.flatMap(({ base }) => base), ...tagged.map(({ text }) => text)])].filter(
      Boolean,
    );
    return `- \`${tag}\`${texts.length > 0 ? `: ${texts.join(" ").replaceAll("\n\n", " ")}` : ""}`;
  });
  const isRequired = shapes.every(({ properties }) => properties.some(({ isOptional }) => !isOptional));
  return [description, `${isRequired ? "Exactly" : "At most"} one of these:\n${forms.join("\n")}`]
    .filter(Boolean)
    .join("\n\n");
}

/**
 * The properties of all forms, required only if each form requires them.
 * @returns {import("./shapes.mjs").Property[]}
 */
export function mergedProperties(/** @type {import("./shapes.mjs").Shape[]} */ shapes) {
  const names = [...new Set(shapes.flatMap(({ properties }) => properties.map(({ name }) => name)))];
  return names.map((name) => merged(name, shapes));
}

function merged(name, shapes) {
  const having = shapes.flatMap((shape) => {
    const property = shape.properties.find((each) => each.name === name);
    return property === undefined ? [] : [{ tag: tagOf(shape, shapes), property }];
  });
  const isEverywhere = having.length === shapes.length;
  const isOptional = !isEverywhere || having.some(({ property }) => property.isOptional);
  return {
    ...having[0].property,
    isOptional,
    nodes: having.map(({ property }) => property.node),
    text: mergedText({ name, having, isEverywhere, shapes }),
  };
}

function mergedText({ name, having, isEverywhere, shapes }) {
  const texts = [...new Set(having.map(({ property }) => property.text))];
  const tags = [...new Set(having.map(({ tag }) => tag))].filter((tag) => tag !== name);
  if (texts.length > 1) {
    const parts = texts.map((text) => {
      const tags = [...new Set(having.filter(({ property }) => property.text === text).map(({ tag }) => tag))];
      return `With ${listed(tags)}: ${text}`;
    });
    return parts.join(" ");
  }
  if (isEverywhere) return texts[0];
  const isRequiredWith = (tag) =>
    shapes.every(
      (shape) =>
        tagOf(shape, shapes) !== tag || shape.properties.some((each) => each.name === name && !each.isOptional),
    );
  const requiring = tags.filter(isRequiredWith);
  const allowing = tags.filter((tag) => !isRequiredWith(tag));
  const required = requiring.length > 0 ? ` Required with ${listed(requiring)}.` : "";
  const only = allowing.length > 0 ? ` Only with ${listed(allowing)}.` : "";
  return `${texts[0]}${required}${only}`;
}
