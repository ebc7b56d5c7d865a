// The programs of the README and of docs/, as users copy them into a project of Pulumi's template, and its compiler.
import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { workspace } from "./package";

/** Pulumi's template for TypeScript until March 2026 and since: https://github.com/pulumi/templates/pull/1080. */
export const templates = {
  "commonjs and node": { module: "commonjs", moduleResolution: "node" },
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
} as const;

const common = {
  strict: true,
  outDir: "bin",
  target: "es2020",
  sourceMap: true,
  experimentalDecorators: true,
  pretty: false,
  noFallthroughCasesInSwitch: true,
  noImplicitReturns: true,
  forceConsistentCasingInFileNames: true,
  // Not the template's: they keep the declarations of all packages in view.
  skipLibCheck: false,
  listFiles: true,
};

/** What one program takes from another, or from its surroundings. */
const given = {
  lxd: 'import * as lxd from "pulumi-lxd";',
  installer: "declare const installer: lxd.IsoVolume;",
  answers: "declare const answers: lxd.IsoVolume;",
  west: "declare const west: lxd.Remote;",
  server: "declare const server: string;",
};

/** Each ends as a module, so that none sees the names of another. */
export async function documentedPrograms(): Promise<string[]> {
  const pages = (await readdir(join(workspace, "docs"))).filter((name) => name.endsWith(".md"));
  const paths = ["README.md", ...pages.map((name) => `docs/${name}`)];
  const texts = await Promise.all(paths.map((path) => readFile(join(workspace, path), "utf8")));
  const blocks = [...texts.join("\n").matchAll(/^```ts\n(.*?)^```/gms)].map(([, text = ""]) => text);
  return blocks.map((block) => {
    const isTaken = ([name]: [string, string]): boolean =>
      new RegExp(`\\b${name}\\b`).test(block) && !new RegExp(`(const|as) ${name}\\b`).test(block);
    const before = Object.entries(given).filter(isTaken);
    return [...before.map(([, line]) => line), block, "export {};\n"].join("\n");
  });
}

export interface Compiled {
  /** What the compiler says against it. */
  errors: string[];
  /** The files that it has read. */
  files: string[];
}

/** Compiles programs in a folder that has the package installed. */
export async function compile(dir: string, programs: string[], template: keyof typeof templates): Promise<Compiled> {
  const files = programs.map((_, i) => `program-${i + 1}.ts`);
  for (const [i, file] of files.entries()) await writeFile(join(dir, file), programs[i] ?? "");
  const compilerOptions = { ...common, ...templates[template] };
  await writeFile(join(dir, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const tsc = join(workspace, "node_modules/typescript/bin/tsc");
  const printed = await new Promise<string>((resolve) => {
    execFile(process.execPath, [tsc], { cwd: dir, maxBuffer: 2 ** 24 }, (_error, stdout) => resolve(stdout));
  });
  const lines = printed.split("\n").filter((line) => line !== "");
  const isFile = (line: string): boolean => line.startsWith("/");
  return { errors: lines.filter((line) => !isFile(line)), files: lines.filter(isFile) };
}
