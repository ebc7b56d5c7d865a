// Finds declarations in the sources of the SDK by name, as the compiler would: in the file itself, then by its imports.
import { readdirSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import ts from "typescript";

/** @param {string} folder */
export function readDeclarations(folder) {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const files = new Map(names.map((name) => [join(folder, name), parse(join(folder, name))]));
  const find = (name, file) => {
    const { own, imported } = files.get(file);
    return own.get(name) ?? (imported.has(name) ? find(name, imported.get(name)) : undefined);
  };
  const anywhere = (name) =>
    [...files.values()].map(({ own }) => own.get(name)).find((node) => node && isExported(node));
  return {
    /** The declaration to which a name in this node refers, else the one that the SDK exports under this name. */
    find: (/** @type {string} */ name, /** @type {ts.Node} */ from) =>
      find(name, from.getSourceFile().fileName) ?? anywhere(name),
    /** The exported classes, by name. */
    classes: () => {
      const all = [...files.values()].flatMap(({ own }) => [...own.values()]);
      return all.filter((node) => ts.isClassDeclaration(node) && isExported(node));
    },
    exported: anywhere,
  };
}

function parse(path) {
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ES2022, true);
  const own = new Map();
  const imported = new Map();
  for (const node of source.statements) {
    if (ts.isImportDeclaration(node)) addImports(node, path, imported);
    else if (node.name && ts.isIdentifier(node.name)) own.set(node.name.text, node);
  }
  return { own, imported };
}

function addImports(node, path, imported) {
  const from = node.moduleSpecifier.text;
  const names = node.importClause?.namedBindings;
  if (!from.startsWith(".") || !names || !ts.isNamedImports(names)) return;
  for (const { name } of names.elements) imported.set(name.text, `${normalize(join(path, "..", from))}.ts`);
}

function isExported(node) {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}
