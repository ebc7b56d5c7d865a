// Writes a test's program into its folder: JavaScript, which starts faster than TypeScript, or a copied example.
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ProjectOptions } from "./options";
import { workspace } from "./package";

export async function writeProgram(dir: string, program: ProjectOptions["program"]): Promise<void> {
  if (typeof program === "object" && "example" in program) return copyExample(program.example, dir);
  await (typeof program === "string"
    ? writeMain(dir, "index.js", program)
    : writeMain(dir, "index.ts", program.typescript));
  const runtime = typeof program === "string" ? "{ name: nodejs, options: { typescript: false } }" : "nodejs";
  await writeFile(join(dir, "Pulumi.yaml"), `name: e2e\nruntime: ${runtime}\n`);
}

async function writeMain(dir: string, main: string, text: string): Promise<void> {
  await writeFile(join(dir, main), text);
  await writeFile(join(dir, "package.json"), JSON.stringify({ name: "e2e", private: true, main }));
}

/** All that is in the repository of it, without what was installed in it. */
async function copyExample(name: string, dir: string): Promise<void> {
  await cp(join(workspace, "examples", name), dir, {
    recursive: true,
    filter: (path) => !path.slice(workspace.length).includes("node_modules"),
  });
}
