// The command line, and what it imports, as JavaScript that Node runs, so that no test of it needs a build.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";

export const root = resolve(__dirname, "../../..");

/** Writes it into a folder; returns the command line's main file. */
export async function compileCommand(into: string): Promise<string> {
  for (const file of await sources()) {
    const source = await readFile(join(root, file), "utf8");
    const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
    const { outputText } = ts.transpileModule(source, { compilerOptions: options });
    const target = join(into, file.replace(/\.ts$/, ".js"));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, outputText);
  }
  return join(into, "cli/main.js");
}

async function sources(): Promise<string[]> {
  const files = await Promise.all(
    ["provider", "embedded", "cli"].map(async (folder) =>
      (await readdir(join(root, folder), { recursive: true })).map((file) => join(folder, file)),
    ),
  );
  return files.flat().filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"));
}
