#!/usr/bin/env node
// The command line `pulumi-lxd`: finds the sub-command and runs it.
import { nearest } from "../provider/base/nearest";
import { type Command } from "./command";
import { daemon } from "./daemon";
import { doctor } from "./doctor/doctor";
import { exportCommand } from "./export";
import { importCommand } from "./import";
import { publishStreamsCommand } from "./publish-streams";

const commands: Record<string, Command> = {
  daemon,
  doctor,
  import: importCommand,
  export: exportCommand,
  "publish-streams": publishStreamsCommand,
};

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

function unknownCommand(name: string): string {
  const near = nearest(name, Object.keys(commands));
  return `Unknown command: ${name}.${near === undefined ? "" : ` Did you mean \`${near}\`?`}

${help()}`;
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
