// `npm run faults`: breaks requests, processes and daemons at each step of each kind of resource, and looks what is lost.
import { createRequire } from "node:module";
import { join } from "node:path";
import { prepare } from "./prepare.mjs";
import { root } from "./root.mjs";

const require = createRequire(import.meta.url);

// Not again in each of the processes that it starts.
if (process.send === undefined) await prepare();
require("./faults/compiled.cjs").register();
require(join(root, "test/faults/main.ts"));
