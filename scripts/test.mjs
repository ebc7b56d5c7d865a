// `npm test`: prepares the checkout, checks types, lint, format and package, finds an engine, runs all tests.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepare } from "./prepare.mjs";
import { root, run, runCaptured } from "./root.mjs";

const { missingIsoTools } = createRequire(import.meta.url)("./quickstart/grub-iso.cjs");

/** Passed to vitest unchanged, e.g. `npm test -- test/unit`; the checks are skipped then. */
const filters = process.argv.slice(2);

await main().catch((error) => {
  console.error(error.stack);
  report({ passed: 0, failed: 1, skipped: 0 });
});

async function main() {
  await prepare();
  const checks = filters.length === 0 ? await runChecks() : [];
  heading("Engine for end-to-end tests");
  const noEngine = await findEngine();
  heading("Tests");
  describeMachine();
  const tests = await runTests(noEngine ? ["--exclude", "test/e2e/**"] : []);
  const leftOut = noEngine ? leaveOutEndToEnd(noEngine) : 0;
  for (const { name } of checks.filter(({ code }) => code !== 0)) console.log(`Failed: npm run ${name}`);
  report({
    passed: tests.passed + checks.filter(({ code }) => code === 0).length,
    failed: tests.failed + checks.filter(({ code }) => code !== 0).length,
    skipped: tests.skipped + leftOut,
  });
}

/**
 * Runs every `check:…` of package.json and counts each as one test; a failure does not stop the others. They run at the
 * same time, as each uses one core.
 */
async function runChecks() {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const names = Object.keys(scripts).filter((script) => script.startsWith("check:"));
  heading(`npm run ${names.join(", ")}`);
  return Promise.all(
    names.map(async (name) => {
      // What is packed has just been built: another build would replace the declarations while they are read.
      const env = { npm_config_ignore_scripts: "true" };
      const { code, output } = await runCaptured("npm", ["run", "--silent", name], { env });
      console.log(`${output}${code === 0 ? "Passed" : "Failed"}: npm run ${name}`);
      return { name, code };
    }),
  );
}

/** Why there is no engine; undefined if there is one. */
async function findEngine() {
  const { ensureEngine } = await import("./engine/index.mjs");
  try {
    await ensureEngine({ log: console.log });
    return undefined;
  } catch (error) {
    console.log(error.message);
    return error.message;
  }
}

/** Reports which optional requirements of the tests this machine meets, and how to meet the others. */
function describeMachine() {
  for (const [name, product] of Object.entries({ INCUS_SOCKET: "Incus", LXD_SOCKET: "LXD" })) {
    const socket = process.env[name];
    console.log(
      socket
        ? `Real ${product}: ${socket}`
        : `No real ${product}: its tests are skipped. Set ${name} to the socket of a daemon that tests may use.`,
    );
  }
  const missing = missingIsoTools();
  console.log(missing ? `No real boots: ${missing}` : "Real boots: ISOs are made with grub-mkrescue.");
}

async function runTests(args) {
  const dir = mkdtempSync(join(tmpdir(), "pulumi-lxd-test-"));
  const file = join(dir, "counts.json");
  try {
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const code = await run(process.execPath, [vitest, "run", ...args, ...filters], {
      env: { PULUMI_LXD_TEST_COUNTS: file },
    });
    const counts = JSON.parse(readFileSync(file, "utf8"));
    // Vitest also fails for reasons other than a test, for example if no file matches.
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } catch (error) {
    console.error(`Vitest ended without a result: ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The number of test files that are skipped without an engine. */
function leaveOutEndToEnd(reason) {
  const files = readdirSync(join(root, "test/e2e"), { recursive: true }).filter((name) => name.endsWith(".test.ts"));
  console.log(`\nSkipped:\n  all ${files.length} files of end-to-end tests: ${reason}\n`);
  return files.length;
}

function heading(text) {
  console.log(`\n── ${text} ${"─".repeat(Math.max(0, 76 - text.length))}`);
}

/** Prints the last line of the run. */
function report({ passed, failed, skipped }) {
  process.exitCode = failed === 0 ? 0 : 1;
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
}
