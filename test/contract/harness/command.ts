// Runs a command of `pulumi-lxd` in this process, and hears what it prints.
import { type Command } from "../../../cli/command";
import { plain } from "../../../cli/colour";

export interface Printed {
  code: number;
  out: string;
  err: string;
}

export async function runCommand(command: Command, ...args: string[]): Promise<Printed> {
  const lines = { out: [] as string[], err: [] as string[] };
  const code = await command.run(args, {
    print: (text) => void lines.out.push(text),
    note: (text) => void lines.err.push(text),
    paint: plain,
    paintNote: plain,
  });
  return { code, out: lines.out.join("\n"), err: lines.err.join("\n") };
}
