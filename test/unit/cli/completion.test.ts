// The scripts for shells, in these shells: what is proposed for a line that is typed so far.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../../cli/commands";
import { completionCommand } from "../../../cli/completion/completion";
import { runCommand } from "../../contract/harness/command";

const names = commands.map(({ name }) => name);
let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "pulumi-lxd-completion-"));
  mkdirSync(join(dir, "some folder"));
  writeFileSync(join(dir, "some.file"), "");
});
afterAll(() => rmSync(dir, { recursive: true }));

async function scriptFor(shell: string): Promise<string> {
  const { code, out } = await runCommand(
    completionCommand(() => commands),
    shell,
  );
  expect(code).toBe(0);
  const path = join(dir, `script.${shell}`);
  writeFileSync(path, `${out}\n`);
  return path;
}

function describeIn(shell: string, define: () => void): void {
  if (spawnSync(shell, ["--version"]).error === undefined) describe(`${shell} completes`, define);
  else describe.skip(`${shell} completes: ${shell} is not installed`, define);
}

/** What a shell proposes, by lines typed so far; the last word is what the cursor is in. */
type Propose = (...words: string[]) => string[];

function bash(script: string): Propose {
  const program = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pulumi_lxd; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return (...words) =>
    lines(execFileSync("bash", ["-c", program, "bash", script, "pulumi-lxd", ...words], { cwd: dir }));
}

function fish(script: string): Propose {
  return (...words) => {
    const line = ["pulumi-lxd", ...words].join(" ");
    const out = execFileSync("fish", ["-c", `source ${script}; complete -C ${JSON.stringify(line)}`], { cwd: dir });
    return lines(out).map((each) => (each.split("\t")[0] ?? "").replaceAll("\\ ", " "));
  };
}

/** In place of the menus of an interactive zsh: what the functions are told that make them. */
function zsh(script: string): Propose {
  const program = `
    compdef() { :; }
    _describe() { print -rl -- \${commands%%:*}; }
    _arguments() { print -rl -- "$@"; }
    source "$1"; shift; words=("$@"); CURRENT=$#; _pulumi_lxd`;
  return (...words) => lines(execFileSync("zsh", ["-f", "-c", program, "zsh", script, "pulumi-lxd", ...words]));
}

const lines = (out: Buffer): string[] => out.toString().split("\n").filter(Boolean);

describeIn("bash", () => {
  let propose: Propose;
  beforeAll(async () => (propose = bash(await scriptFor("bash"))));

  it("commands, options and their values", () => {
    expect(propose("")).toEqual([...names, "--help", "--version"]);
    expect(propose("exp")).toEqual(["export"]);
    expect(propose("daemon", "--s")).toEqual(["--socket", "--server"]);
    expect(propose("daemon", "--server", "")).toEqual(["incus", "lxd"]);
    expect(propose("daemon", "--server", "=", "l")).toEqual(["lxd"]);
    expect(propose("import", "i")).toEqual(["iso-volumes"]);
    expect(propose("completion", "z")).toEqual(["zsh"]);
    expect(propose("doctor", "--remote", "")).toEqual([]);
  });

  it("folders and files", () => {
    expect(propose("daemon", "--dir", "some")).toEqual(["some folder"]);
    expect(propose("publish-streams", "some")).toEqual(["some folder"]);
    expect(propose("export", "image", "--to", "some").sort()).toEqual(["some folder", "some.file"]);
    expect(propose("publish-streams", "--j")).toEqual(["--json"]);
  });
});

describeIn("fish", () => {
  let propose: Propose;
  beforeAll(async () => (propose = fish(await scriptFor("fish"))));

  it("commands, options, values, folders and files", () => {
    expect(propose("").sort()).toEqual([...names].sort());
    expect(propose("daemon", "--s").sort()).toEqual(["--server", "--socket"]);
    expect(propose("daemon", "--server", "").sort()).toEqual(["incus", "lxd"]);
    expect(propose("import", "").sort()).toEqual(["iso-volumes"]);
    expect(propose("daemon", "--dir", "som")).toEqual(["some folder/"]);
    expect(propose("export", "--to", "som").sort()).toEqual(["some folder/", "some.file"]);
  });
});

describeIn("zsh", () => {
  let propose: Propose;
  beforeAll(async () => (propose = zsh(await scriptFor("zsh"))));

  it("commands, options and values", () => {
    expect(propose("")).toEqual([...names, "--help[print this help]", "--version[print the version]"]);
    const server = "(--server)--server=[product to present itself as]:server:(incus lxd)";
    expect(propose("daemon", "")).toContain(server);
    expect(propose("publish-streams", "")).toContain("1:DIR:_files -/");
    expect(propose("completion", "")).toContain("1:SHELL:(bash zsh fish)");
  });
});

it("is for three shells", async () => {
  const wrong = await runCommand(
    completionCommand(() => commands),
    "fihs",
  );
  expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("did you mean `fish`?") as string });
});
