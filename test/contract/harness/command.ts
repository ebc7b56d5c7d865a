// Runs a sub-command of `pulumi-lxd` in this process, and hears what it prints.
import { vi } from "vitest";
import { type Command } from "../../../cli/command";

export interface Printed {
  code: number;
  out: string;
  err: string;
}

/** A command that throws is told with its error, as the command line does. */
export async function runCommand(command: Command, ...args: string[]): Promise<Printed> {
  const lines = { out: [] as string[], err: [] as string[] };
  const out = vi.spyOn(console, "log").mockImplementation((text: string) => void lines.out.push(text));
  const err = vi.spyOn(console, "error").mockImplementation((text: string) => void lines.err.push(text));
  try {
    const code = await command.run(args).catch((error: unknown) => {
      lines.err.push((error as Error).message);
      return 1;
    });
    return { code, out: lines.out.join("\n"), err: lines.err.join("\n") };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}
