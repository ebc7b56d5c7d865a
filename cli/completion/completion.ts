// `pulumi-lxd completion`: prints a script with which a shell completes commands, options and their values.
import { type Command, type Input, type Options } from "../command";
import { define } from "../define";
import { type Output } from "../output";
import { bashScript } from "./bash";
import { fishScript } from "./fish";
import { zshScript } from "./zsh";

const shells = { bash: bashScript, zsh: zshScript, fish: fishScript };

const about = `Writes to standard output a script by which a shell completes the commands and options of \`pulumi-lxd\`, which has to be on the PATH (\`npm install --global\`, or \`node_modules/.bin\`).
bash: source <(pulumi-lxd completion bash)
zsh: source <(pulumi-lxd completion zsh)
fish: pulumi-lxd completion fish | source`;

/** Takes the table as a function, because the table contains this command. */
export function completionCommand(commands: () => readonly Command[]): Command {
  const run = ({ positionals: [shell] }: Input<Options>, output: Output): Promise<object> => {
    output.print(shells[shell as keyof typeof shells](commands()));
    return Promise.resolve({});
  };
  return define({
    name: "completion",
    summary: "print a script by which a shell completes commands and options",
    about,
    arguments: [{ name: "SHELL", choices: Object.keys(shells) }],
    options: {},
    run,
  });
}
