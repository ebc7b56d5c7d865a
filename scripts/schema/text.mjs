// Turns documentation comments of the SDK into descriptions for programs in any language.
import ts from "typescript";
import { replaced } from "./texts.mjs";

/** The text of a node's documentation comment; each paragraph becomes one line. */
export function textOf(/** @type {ts.Node} */ node) {
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const text = ts.getTextOfJSDocComment(comments.at(-1)?.comment) ?? "";
  const paragraphs = text.split(/\n{2,}/).map((each) =>
    each
      .split(/\s*\n\s*/)
      .join(" ")
      .trim(),
  );
  return forAllLanguages(paragraphs.filter((each) => !each.startsWith("```")).join("\n\n"));
}

/** Whether the documentation comment has this tag. */
export function hasTag(/** @type {ts.Node} */ node, /** @type {string} */ tag) {
  return ts.getJSDocTags(node).some(({ tagName }) => tagName.text === tag);
}

function forAllLanguages(text) {
  return replaced.reduce((changed, [from, to]) => changed.replaceAll(from, to), text);
}

/** `a`, `b` or `c`. */
export function listed(/** @type {string[]} */ names) {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
