// Settings of the command lines `incus` and `lxc`, as they write them.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export interface WrittenRemote {
  addr: string;
  last_working_address?: string;
  auth_type?: string;
  project?: string;
  protocol?: string;
  public?: boolean;
}

/** A `config.yml` and, by their paths in the folder, the files beside it. */
export function writeCliConfig(
  folder: string,
  written: { default?: string; remotes: Record<string, WrittenRemote>; files?: Record<string, string> },
): void {
  const remotes = Object.entries(written.remotes).flatMap(([name, fields]) => [
    `  ${name}:`,
    ...Object.entries(fields).map(([key, value]) => `    ${key}: ${String(value)}`),
  ]);
  const text = [`default-remote: ${written.default ?? "local"}`, "remotes:", ...remotes, "aliases: {}", ""].join("\n");
  for (const [path, content] of Object.entries({ "config.yml": text, ...written.files })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, { mode: 0o600 });
  }
}
