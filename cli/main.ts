#!/usr/bin/env node
// The command line `pulumi-lxd`: finds the sub-command and runs it.
import { createRequire } from "node:module";
import { nearest } from "../provider/base/nearest";
import { type Command, UsageError } from "./command";
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
    "`pulumi-lxd <command> --help` says more, `pulumi-lxd --version` prints the version.",
    "The exit code is 0 when the command is done, 1 when it failed, 2 when its arguments are wrong.",
  ].join("\n");
}

function unknownCommand(name: string): string {
  const near = nearest(name, Object.keys(commands));
  return `Unknown command: ${name}.${near === undefined ? "" : ` Did you mean \`${near}\`?`}

${help()}`;
}

function version(): string {
  return (createRequire(__filename)("pulumi-lxd/package.json") as { version: string }).version;
}

/** Arguments that Node's parser or a command refuses. */
function isUsage(error: Error): boolean {
  return error instanceof UsageError || /^ERR_PARSE_ARGS/.test(String((error as NodeJS.ErrnoException).code));
}

function fail(error: Error): number {
  const [command = ""] = process.argv.slice(2);
  // What Node's parser adds to an unknown option is about arguments that begin with a dash.
  const why = error.message.replace(/ To specify a positional argument .*/s, "");
  console.error(`pulumi-lxd: ${why}`);
  if (!isUsage(error)) return 1;
  console.error(`\`pulumi-lxd ${command} --help\` lists the options.`);
  return 2;
}

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    console.log(help());
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-V") {
    console.log(version());
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command !== undefined) return command.run(args);
  console.error(unknownCommand(name));
  return 2;
}

void main(process.argv.slice(2))
  .catch((error: unknown) => fail(error instanceof Error ? error : new Error(String(error))))
  .then((code) => {
    process.exitCode = code;
  });
