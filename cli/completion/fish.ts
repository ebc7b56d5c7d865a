// Completion script for fish.
import { type Argument, type Command, type Option } from "../command";
import { quoted } from "./words";

export function fishScript(commands: readonly Command[]): string {
  const first = "__fish_use_subcommand";
  return [
    "# Completion of pulumi-lxd for fish: pulumi-lxd completion fish | source",
    line("-f"),
    ...commands.map(({ name, summary }) => line("-n", first, "-a", name, "-d", quoted(summary))),
    line("-n", first, "-s", "h", "-l", "help", "-d", quoted("print this help")),
    line("-n", first, "-s", "V", "-l", "version", "-d", quoted("print the version")),
    ...commands.flatMap(linesOf),
  ].join("\n");
}

function line(...words: string[]): string {
  return ["complete -c pulumi-lxd", ...words].join(" ");
}

function linesOf(command: Command): string[] {
  const seen = ["-n", quoted(`__fish_seen_subcommand_from ${command.name}`)];
  return [
    ...command.arguments.filter(hasValues).map((argument) => line(...seen, ...proposed(argument))),
    ...Object.entries(command.options).map(([name, option]) => line(...seen, ...optionWords(name, option))),
  ];
}

function hasValues({ choices, completes }: Argument): boolean {
  return choices !== undefined || completes !== undefined;
}

function optionWords(name: string, option: Option): string[] {
  const short = option.short === undefined ? [] : ["-s", option.short];
  const value = option.type === "boolean" ? [] : [option.completes === "file" ? "-r" : "-x", ...proposed(option)];
  return [...short, "-l", name, ...value, "-d", quoted(option.help)];
}

function proposed({ choices, completes }: Pick<Option, "choices" | "completes">): string[] {
  if (choices !== undefined) return ["-a", quoted(choices.join(" "))];
  if (completes === undefined) return [];
  return completes === "file" ? ["-F"] : ["-a", quoted("(__fish_complete_directories)")];
}
