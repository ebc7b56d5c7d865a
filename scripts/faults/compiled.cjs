// Compiles TypeScript to JavaScript for Node, once per content, so that `npm run faults` needs no build.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { join, resolve } = require("node:path");

const cache = resolve(__dirname, "../../node_modules/.cache/pulumi-lxd-faults");

/**
 * `Node16` leaves `import()` to Node, which a CommonJS file needs to load a module; `CommonJS` makes it a `require`.
 *
 * @param {string} file
 * @param {"Node16" | "CommonJS"} moduleKind
 */
function compiled(file, moduleKind = "Node16") {
  const source = readFileSync(file, "utf8");
  const path = join(cache, `${createHash("sha256").update(moduleKind).update(source).digest("hex")}.js`);
  try {
    return readFileSync(path, "utf8");
  } catch {
    return compile(source, path, moduleKind);
  }
}

function compile(source, path, moduleKind) {
  const ts = require("typescript");
  const compilerOptions = { module: ts.ModuleKind[moduleKind], target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  const { outputText } = ts.transpileModule(source, { compilerOptions });
  mkdirSync(cache, { recursive: true });
  // Several processes may compile the same file.
  writeFileSync(`${path}.${process.pid}`, outputText);
  renameSync(`${path}.${process.pid}`, path);
  return outputText;
}

/** Makes `require` accept TypeScript from now on. */
function register() {
  require.extensions[".ts"] = (module, file) => module._compile(compiled(file), file);
}

module.exports = { compiled, register };
