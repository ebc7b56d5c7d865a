// Reads the selected stack's settings with the Pulumi CLI and reports errors in them.
import { unknownSettings } from "../../provider/engine/stack-config";
import { type Finding, ok } from "./finding";
import { onPath, quiet, run, timeoutMs } from "./tools";

export type StackValues = Record<string, string>;

export interface StackSettings {
  /** The settings under `lxd:`, by key. */
  config: StackValues;
  /** Why there are no settings. */
  missing?: string | undefined;
  findings: Finding[];
}

const check = "config";

export async function stackConfig(): Promise<StackSettings> {
  const pulumi = onPath("pulumi");
  // The missing CLI already has a finding of its own.
  if (pulumi === undefined) return { config: {}, missing: "not read: there is no Pulumi CLI", findings: [] };
  try {
    const args = ["config", "--json", "--show-secrets", "--non-interactive"];
    const { stdout } = await run(pulumi, args, { timeout: timeoutMs, env: quiet() });
    const all = JSON.parse(stdout) as Record<string, { value?: unknown }>;
    const own = Object.entries(all).filter(([key]) => key.startsWith("lxd:"));
    const config = Object.fromEntries(own.map(([key, { value }]) => [key.slice("lxd:".length), String(value)]));
    return { config, findings: described(Object.keys(config)) };
  } catch (error) {
    const words = (error as { stderr?: string }).stderr || (error as Error).message;
    const lines = words.split("\n");
    const why = (lines.find((each) => each.startsWith("error:")) ?? lines[0] ?? "").replace(/^error: /, "");
    return { config: {}, missing: `not read: ${why}`, findings: [unread(why)] };
  }
}

/** Shows names only, because a value may be secret. */
function described(keys: string[]): Finding[] {
  const names = keys.length === 0 ? "no settings" : keys.map((key) => `lxd:${key}`).join(", ");
  return [
    ok(check, `the selected stack has ${names}`),
    ...unknownSettings(keys).map(({ key, hint }) => {
      const advice = `Remove it with \`pulumi config rm lxd:${key}\`.`;
      return {
        level: "error" as const,
        check,
        text: `lxd:${key} is not a setting and stops every \`pulumi up\`${hint}`,
        advice,
      };
    }),
  ];
}

/**
 * Without a program or stack, users can still check the server. A stack that exists but cannot be read also makes
 * `pulumi up` fail.
 */
function unread(why: string): Finding {
  const absences: [RegExp, string][] = [
    [/no Pulumi\.yaml project file found/, "Run this in the folder of the program, where its stack's config counts."],
    [/no stack selected/, "Select the stack with `pulumi stack select`, so that its config counts."],
  ];
  const advice = absences.find(([pattern]) => pattern.test(why))?.[1];
  const text = `the stack's config is not read: ${why}`;
  if (advice !== undefined) return { level: "info", check, text, advice };
  return { level: "error", check, text, advice: "Correct that first: `pulumi config` reports the same error." };
}
