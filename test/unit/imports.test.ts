// No two files import each other, directly or through others, not even for types. The linter's rule passes over types.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { expect, it } from "vitest";

const root = resolve(__dirname, "../..");
const folders = ["sdk", "provider", "embedded", "cli"];

function filesOf(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => join(root, folder, name));
}

function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true);
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith("."))
    .map(({ fileName }) => resolve(dirname(file), fileName.replace(/\.js$/, "")))
    .map((path) => [`${path}.ts`, join(path, "index.ts")].find((name) => existsSync(name)))
    .filter((path) => path !== undefined);
}

/** A way from a file back to itself, for each circle that is met; files that are done are `clean`. */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const clean = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    if (clean.has(file)) return;
    const start = way.indexOf(file);
    if (start >= 0) {
      const circle = [...way.slice(start), file];
      found.push(circle.map((path) => relative(root, path)).join(" → "));
      return;
    }
    for (const imported of graph.get(file) ?? []) visit(imported, [...way, file]);
    clean.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}

it("is told of a circle", () => {
  const graph = new Map([
    ["a", ["b"]],
    ["b", ["c"]],
    ["c", ["b"]],
  ]);
  expect(circles(graph)).toHaveLength(1);
});

it("finds no files that import each other in a circle", () => {
  const graph = new Map(folders.flatMap(filesOf).map((file) => [file, importsOf(file)]));
  expect(graph.size).toBeGreaterThan(400);
  expect([...graph.values()].flat().length).toBeGreaterThan(2000);
  expect(circles(graph)).toEqual([]);
});
