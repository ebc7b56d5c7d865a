// A minimal shell: words with quotes and variables, `;`, `&&`, `||`, `>`, `>>`, `>&2` and `exit`.

export interface ShellContext {
  environment: Record<string, string>;
  /** Runs one program; its output becomes the shell's. */
  run: (words: string[]) => Promise<{ exitCode: number; stdout: string; stderr: string }>;
  write: (path: string, text: string, mode: "overwrite" | "append") => void;
}

interface Outcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

interface Word {
  text: string;
  /** Whether it is an operator rather than an argument. */
  isOperator: boolean;
}

const TOKEN = /\s*(?:(&&|\|\||;|\n|>&2|>>|>)|((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s;&|<>"'()`])+))/y;
const SEPARATORS = ["&&", "||", ";", "\n"];

/** Unsupported syntax is an error rather than a false success. */
function unknown(script: string): Outcome {
  return { exitCode: 2, stdout: "", stderr: `sh: the simulated shell does not understand: ${script}\n` };
}

function wordsOf(script: string, environment: Record<string, string>): Word[] | undefined {
  const words: Word[] = [];
  const text = script.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const [, operator, word] = TOKEN.exec(text) ?? [];
    if (operator !== undefined) words.push({ text: operator, isOperator: true });
    else if (word !== undefined) words.push({ text: expand(word, environment), isOperator: false });
    else return undefined;
  }
  return words;
}

/** Removes quotes and expands variables outside single quotes. */
function expand(word: string, environment: Record<string, string>): string {
  return [...word.matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|([^"']+)/g)]
    .map(([, single, double, bare]) => {
      if (single !== undefined) return single;
      const text = double === undefined ? (bare ?? "") : double.replaceAll(/\\(["\\$])/g, "$1");
      return text.replaceAll(/\$\{?(\w+)\}?/g, (_, name: string) => environment[name] ?? "");
    })
    .join("");
}

/** The commands of a script, each with the separator before it. */
function commandsOf(words: Word[]): { before: string; words: Word[] }[] {
  const commands: { before: string; words: Word[] }[] = [{ before: ";", words: [] }];
  for (const word of words) {
    if (word.isOperator && SEPARATORS.includes(word.text)) commands.push({ before: word.text, words: [] });
    else commands.at(-1)?.words.push(word);
  }
  return commands.filter((command) => command.words.length > 0);
}

async function runOne(words: Word[], context: ShellContext): Promise<Outcome> {
  const at = words.findIndex((word) => word.isOperator);
  const [plain, redirect, target] = at < 0 ? [words] : [words.slice(0, at), words[at]?.text, words[at + 1]?.text];
  const ended = await context.run(plain.map((word) => word.text));
  if (redirect === ">&2") return { ...ended, stdout: "", stderr: ended.stderr + ended.stdout };
  if (redirect === undefined || target === undefined) return ended;
  context.write(target, ended.stdout, redirect === ">" ? "overwrite" : "append");
  return { ...ended, stdout: "" };
}

export async function runScript(script: string, context: ShellContext): Promise<Outcome> {
  const words = wordsOf(script, context.environment);
  if (words === undefined) return unknown(script);
  const total: Outcome = { exitCode: 0, stdout: "", stderr: "" };
  for (const command of commandsOf(words)) {
    if (command.before === "&&" && total.exitCode !== 0) continue;
    if (command.before === "||" && total.exitCode === 0) continue;
    const [name, code] = command.words.map((word) => word.text);
    if (name === "exit") return { ...total, exitCode: Number(code ?? total.exitCode) };
    const { exitCode, stdout, stderr } = await runOne(command.words, context);
    Object.assign(total, { exitCode, stdout: total.stdout + stdout, stderr: total.stderr + stderr });
  }
  return total;
}
