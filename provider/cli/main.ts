#!/usr/bin/env node
// The command line `pulumi-lxd`: finds the sub-command and runs it.
import { daemon } from "./daemon";

/** A sub-command: one line of help, and what it does. Its promise resolves to the process's exit code. */
export interface Command {
  summary: string;
  run(args: string[]): Promise<number>;
}

const commands: Record<string, Command> = { daemon };

function help(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    "Usage: pulumi-lxd <command> [options]",
    "",
    "Commands:",
    ...lines,
    "",
    "`pulumi-lxd <command> --help` says more.",
  ].join("\n");
}

/** How many letters have to be changed, added or removed to make one word into the other. */
function distance(from: string, to: string): number {
  let row = Array.from(`${to}+`).map((_, index) => index);
  for (const [i, letter] of Array.from(from).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(to).entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

function unknownCommand(name: string): string {
  const [nearest] = Object.keys(commands).sort((a, b) => distance(name, a) - distance(name, b));
  const isNear = nearest !== undefined && distance(name, nearest) <= Math.max(2, nearest.length / 2);
  return `Unknown command: ${name}.${isNear ? ` Did you mean \`${nearest}\`?` : ""}\n\n${help()}`;
}

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    console.log(help());
    return name === undefined ? 2 : 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return command.run(args);
  console.error(unknownCommand(name));
  return 2;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(`pulumi-lxd: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  },
);
