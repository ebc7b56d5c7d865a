// The engine that all tests share, and the environment in which they run it.
import type { Engine } from "../../../scripts/engine/index.mjs" with { "resolution-mode": "import" };

export type { Engine };

/** These would pick the daemon behind a test's back. */
const daemonVariables = [
  "INCUS_SOCKET",
  "INCUS_DIR",
  "INCUS_REMOTE",
  "INCUS_PROJECT",
  "LXD_SOCKET",
  "LXD_DIR",
  "LXC_REMOTE",
];

let engine: Promise<Engine> | undefined;

/** Found or made once per test file; `npm test` has it ready before. */
export function sharedEngine(): Promise<Engine> {
  return (engine ??= import("../../../scripts/engine/index.mjs").then(({ ensureEngine }) => ensureEngine()));
}

/** The environment for a stack whose state lies in a folder of its own. */
export function engineEnvironment(engineToUse: Engine, stateDir: string): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(([name]) => !daemonVariables.includes(name));
  return {
    ...Object.fromEntries(inherited),
    ...engineToUse.env,
    PULUMI_BACKEND_URL: `file://${stateDir}`,
    PULUMI_CONFIG_PASSPHRASE: "not a secret",
    // `--event-log` is there only for those who debug the engine.
    PULUMI_DEBUG_COMMANDS: "true",
  };
}
