// `npm run quickstart`: an end-to-end demo that creates, boots and destroys a virtual machine, step by step.
import { makeDaemon } from "./quickstart/daemon.mjs";
import { makeInstaller } from "./quickstart/installer.mjs";
import { showDaemon } from "./quickstart/show-daemon.mjs";
import { QuickstartStack } from "./quickstart/stack.mjs";
import { prepare } from "./prepare.mjs";

let step = 0;
/** @param {string} title */
function heading(title) {
  console.log(`\n━━ ${++step}. ${title} ${"━".repeat(Math.max(0, 74 - title.length))}\n`);
}

/** Set by Ctrl-C, which the running `pulumi` also receives: it finishes its work first, then everything is removed. */
let interrupted = false;
process.on("SIGINT", () => (interrupted = true));
process.on("SIGTERM", () => (interrupted = true));
function stopIfInterrupted() {
  if (interrupted) throw new Error("Interrupted.");
}

/** Cleanup steps, in reverse order. */
const undo = [];

try {
  await main();
  await cleanUp();
  console.log("\nDone. The program is examples/quickstart/index.ts: change it, and run this again.");
} catch (error) {
  console.error(`\n${error.message}`);
  await cleanUp();
  process.exitCode = interrupted ? 130 : 1;
}

async function main() {
  heading("Prepare this checkout: packages and build");
  await prepare();
  console.log("Ready.");
  stopIfInterrupted();

  heading("Find the Pulumi CLI");
  const { ensureEngine } = await import("./engine/index.mjs");
  const engine = await ensureEngine({ log: console.log });
  stopIfInterrupted();

  heading("Select a server");
  const daemon = await makeDaemon();
  undo.push({ what: "Stop the server", run: daemon.stop });
  stopIfInterrupted();

  heading("Create an installer ISO, and a stack with its state in .quickstart/");
  const iso = await makeInstaller(daemon);
  const stack = new QuickstartStack(engine, daemon);
  await stack.create({ iso });
  undo.push({ what: "pulumi destroy: delete the machine and the volume", run: () => stack.remove() });
  stopIfInterrupted();

  heading("pulumi up: import the ISO, boot a blank VM, wait until it is off");
  await stack.pulumi("up", "--yes");
  stopIfInterrupted();

  heading("What the server has now");
  await showDaemon(daemon.socket);

  heading("pulumi up again: no changes");
  await stack.pulumi("up", "--yes", "--expect-no-changes");
  stopIfInterrupted();
}

/** Runs all cleanup steps, even if one of them fails. */
async function cleanUp() {
  for (const { what, run } of undo.splice(0).reverse()) {
    heading(what);
    await run().catch((error) => {
      console.error(error.message);
      process.exitCode = 1;
    });
  }
}
