// The package's `provider` folder as JavaScript that Node runs, so that no test of the command line needs a build.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";

export const root = resolve(__dirname, "../../..");

/** Writes it into a folder; returns the command line's main file. */
export async function compileProvider(into: string): Promise<string> {
  const files = await readdir(join(root, "provider"), { recursive: true });
  for (const file of files.filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))) {
    const source = await readFile(join(root, "provider", file), "utf8");
    const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
    const { outputText } = ts.transpileModule(source, { compilerOptions: options });
    const target = join(into, "provider", file.replace(/\.ts$/, ".js"));
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, outputText);
  }
  return join(into, "provider/cli/main.js");
}
