#!/usr/bin/env node
// The command `pulumi-lxd`: selects a command and runs it.
import { createRequire } from "node:module";
import { nearest } from "../provider/base/nearest";
import { UsageError } from "./command";
import { commands } from "./commands";
import { fail } from "./define";
import { helpOfAll } from "./help";
import { type Output, processOutput } from "./output";

function version(): string {
  return (createRequire(__filename)("pulumi-lxd/package.json") as { version: string }).version;
}

function unknownCommand(name: string): UsageError {
  const near = nearest(
    name,
    commands.map((command) => command.name),
  );
  return new UsageError(`Unknown command: ${name}.${near === undefined ? "" : ` Did you mean \`${near}\`?`}`);
}

async function main([name, ...args]: string[], output: Output): Promise<number> {
  if (name === undefined) {
    output.note(helpOfAll(commands));
    return 2;
  }
  const isAlone = args.length === 0;
  if (isAlone && ["--help", "-h", "help"].includes(name)) output.print(helpOfAll(commands));
  else if (isAlone && ["--version", "-V"].includes(name)) output.print(version());
  else {
    const command = commands.find((each) => each.name === name);
    return command === undefined ? fail(unknownCommand(name), output) : command.run(args, output);
  }
  return 0;
}

const output = processOutput(process);
void main(process.argv.slice(2), output).then(async (code) => {
  // Failing to write the output is a failure, whatever the command did.
  process.exitCode = await output.end().then(
    () => code,
    (error: unknown) => fail(error, output),
  );
});
