// Every sentence that the product can say, in one file, where a change of wording is reviewed. To update the file:
// `npx vitest run test/unit/messages.test.ts -u`.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const root = resolve(__dirname, "../..");
/** Not `embedded`, whose texts are those of the real daemons. */
const speaking = ["provider", "cli"];
const isSentence = (text: string): boolean =>
  text.split(/\s+/).filter((word) => /^[`"'({]*\p{L}{2}/u.test(word)).length >= 3;

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return files(path);
    return path.endsWith(".ts") ? [path] : [];
  });
}

/** The text of a string, with the names of what is filled in; undefined if the node is not a string. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.templateSpans.reduce(
      (text, { expression, literal }) => `${text}{${nameOf(expression)}}${literal.text}`,
      node.head.text,
    );
  }
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  if (left === undefined && right === undefined) return undefined;
  return (left ?? `{${nameOf(node.left)}}`) + (right ?? `{${nameOf(node.right)}}`);
}

const nameOf = (node: ts.Node): string => /[\w$]+/.exec(node.getText().replace(/^this\.#?/, ""))?.[0] ?? "…";

function sentences(path: string): string[] {
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== undefined && isSentence(text)) found.push(text.replaceAll("\n", "\\n"));
    // What is filled in may be a sentence of its own.
    if (text === undefined || ts.isTemplateExpression(node)) ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

it("matches the list of messages", async () => {
  const said = [...new Set(speaking.flatMap((folder) => files(join(root, folder))).flatMap(sentences))].sort();
  expect(said.length).toBeGreaterThan(300);
  await expect(`${said.join("\n")}\n`).toMatchFileSnapshot("messages.txt");
});
