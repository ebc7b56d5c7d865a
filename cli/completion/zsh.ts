// Completion script for zsh, to be sourced or stored as `_pulumi-lxd` in its fpath.
import { type Argument, type Command, type Option } from "../command";
import { flagsOf, quoted } from "./words";

export function zshScript(commands: readonly Command[]): string {
  const described = commands.map(({ name, summary }) => quoted(`${name}:${summary}`));
  return `#compdef pulumi-lxd
# Completion of pulumi-lxd for zsh: source <(pulumi-lxd completion zsh)
_pulumi_lxd() {
  if (( CURRENT == 2 )); then
    local -a commands
    commands=(${described.join(" ")})
    _describe command commands
    _arguments ${quoted("--help[print this help]")} ${quoted("--version[print the version]")}
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(argumentsOf).join("\n")}
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _pulumi_lxd "$@"; else compdef _pulumi_lxd pulumi-lxd; fi`;
}

function argumentsOf(command: Command): string {
  const specs = [
    ...command.arguments.map(positional),
    ...Object.entries(command.options).flatMap(([name, option]) => optionSpecs(name, option)),
  ];
  return `    ${command.name}) _arguments ${specs.map(quoted).join(" ")} ;;`;
}

function positional(argument: Argument, index: number): string {
  return `${index + 1}:${argument.name}:${action(argument)}`;
}

function optionSpecs(name: string, option: Option): string[] {
  const flags = flagsOf(name, option);
  const before = option.multiple ? "*" : `(${flags.join(" ")})`;
  const help = option.help.replaceAll(/[[\]\\:]/g, "\\$&");
  const value = option.type === "string" ? `:${option.placeholder ?? name}:${action(option)}` : "";
  return flags.map((flag) => `${before}${flag}${value !== "" && flag.startsWith("--") ? "=" : ""}[${help}]${value}`);
}

function action({ choices, completes }: Pick<Option, "choices" | "completes">): string {
  if (choices !== undefined) return `(${choices.join(" ")})`;
  if (completes === undefined) return "";
  return completes === "file" ? "_files" : "_files -/";
}
