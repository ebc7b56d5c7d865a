// The table of all commands.
import { type Command, type Input, type Options, type Outcome } from "./command";
import { completionCommand } from "./completion/completion";
import { daemonCommand } from "./daemon";
import { define } from "./define";
import { doctorCommand } from "./doctor/doctor";
import { exportCommand } from "./export";
import { helpOf, helpOfAll } from "./help";
import { importCommand } from "./import";
import { type Output } from "./output";
import { publishStreamsCommand } from "./publish-streams";

const work = [daemonCommand, doctorCommand, importCommand, exportCommand, publishStreamsCommand];
const names = [...work.map(({ name }) => name), "completion", "help"];

function help({ positionals: [name] }: Input<Options>, output: Output): Promise<Outcome> {
  const command = commands.find((each) => each.name === name);
  output.print(command === undefined ? helpOfAll(commands) : helpOf(command));
  return Promise.resolve({});
}

export const commands: readonly Command[] = [
  ...work,
  completionCommand(() => commands),
  define({
    name: "help",
    summary: "show the help of a command",
    about: "Shows what a command does and which options it has.",
    arguments: [{ name: "COMMAND", choices: names, isOptional: true }],
    options: {},
    run: help,
  }),
];
