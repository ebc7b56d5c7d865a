// `npm run faults`: interrupts requests, processes and daemons at each step of each resource kind and checks for
// losses.
import { createRequire } from "node:module";
import { join } from "node:path";
import { prepare } from "./prepare.mjs";
import { root } from "./root.mjs";

const require = createRequire(import.meta.url);

// Not repeated in each of its child processes.
if (process.send === undefined) await prepare();
require("./faults/compiled.cjs").register();
require(join(root, "test/faults/main.ts"));
