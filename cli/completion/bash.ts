// Completion script for bash 3.2 and newer.
import { type Command, type Option } from "../command";
import { firstWords, flagsOf, flagsOfAll } from "./words";

export function bashScript(commands: readonly Command[]): string {
  return `# Completion of pulumi-lxd for bash: source <(pulumi-lxd completion bash)
_pulumi_lxd() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words="" folders="" files=""
  # In --option=value, bash takes = for a word.
  if [[ $word == "=" ]]; then word=""; elif [[ $previous == "=" ]]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  case "\${COMP_WORDS[1]} $previous" in
${commands.flatMap(valuesOf).join("\n")}
    *)
      case "\${COMP_WORDS[1]}" in
${commands.map(wordsOf).join("\n")}
      esac ;;
  esac
  (( COMP_CWORD == 1 )) && { words="${firstWords(commands).join(" ")}"; folders=""; files=""; }
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  local IFS=$'\\n'
  if [[ $word != -* && -n $folders$files ]]; then
    compopt -o filenames 2>/dev/null
    if [[ -n $files ]]; then COMPREPLY+=($(compgen -f -- "$word")); else COMPREPLY+=($(compgen -d -- "$word")); fi
  fi
}
complete -F _pulumi_lxd pulumi-lxd`;
}

/** Completes the value of an option, which follows it. */
function valuesOf({ name, options }: Command): string[] {
  return Object.entries(options)
    .filter(([, { type }]) => type === "string")
    .map(([option, details]) => {
      const patterns = flagsOf(option, details).map((flag) => `"${name} ${flag}"`);
      return `    ${patterns.join(" | ")}) ${proposed(details)} ;;`;
    });
}

/** Completes all other arguments of a command. */
function wordsOf(command: Command): string {
  const words = [...command.arguments.flatMap(({ choices }) => choices ?? []), ...flagsOfAll(command)];
  const paths = command.arguments.find(({ completes }) => completes !== undefined);
  return `        ${command.name}) words="${words.join(" ")}"${paths === undefined ? "" : `; ${proposed(paths)}`} ;;`;
}

function proposed({ choices, completes }: Pick<Option, "choices" | "completes">): string {
  if (choices !== undefined) return `words="${choices.join(" ")}"`;
  if (completes === undefined) return ":";
  return completes === "file" ? "files=1" : "folders=1";
}
