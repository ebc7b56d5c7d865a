// Makes the files of the table: with the tools that users have, or byte by byte where no tool makes them.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const date = "creation_date: 1600000000\n";
export const goodMetadata = `architecture: x86_64\n${date}`;

/** The tools that are not on the PATH. */
export function missingTools(tools: readonly string[]): string[] {
  return tools.filter(
    (tool) => spawnSync("sh", ["-c", `PATH="$PATH:/usr/sbin:/sbin" command -v ${tool}`]).status !== 0,
  );
}

/** A folder in which files are made. */
export class Workshop {
  constructor(private readonly dir: string) {}

  path(name: string): string {
    return join(this.dir, name);
  }

  run(tool: string, ...args: string[]): void {
    const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };
    execFileSync(tool, args, { cwd: this.dir, stdio: ["ignore", "ignore", "ignore"], env });
  }

  /** Runs a tool that writes the file to its standard output. */
  pipe(to: string, tool: string, ...args: string[]): string {
    writeFileSync(this.path(to), execFileSync(tool, args, { cwd: this.dir, stdio: ["ignore", "pipe", "ignore"] }));
    return this.path(to);
  }

  write(name: string, content: string | Buffer): string {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  /** A tarball of these members, in this order, and only of these. */
  tar(name: string, members: readonly string[], ...options: string[]): string {
    this.run("tar", "--no-recursion", ...options, "-cf", name, ...members);
    return this.path(name);
  }

  /** Zeros with these bytes in between. */
  sparse(name: string, sizeBytes: number, parts: [at: number, bytes: string][] = []): string {
    this.write(name, "");
    truncateSync(this.path(name), sizeBytes);
    const bytes = parts.length === 0 ? undefined : readFileSync(this.path(name));
    for (const [at, part] of parts) bytes?.write(part, at, "latin1");
    if (bytes !== undefined) writeFileSync(this.path(name), bytes);
    return this.path(name);
  }

  disk(name: string, format: string, ...options: string[]): string {
    this.run("qemu-img", "create", "-f", format, ...options, name, "1M");
    return this.path(name);
  }

  /** The members of a container's image. */
  imageMembers(): string[] {
    this.write("metadata.yaml", goodMetadata);
    this.write("rootfs/etc/hostname", "x\n");
    return ["metadata.yaml", "rootfs", "rootfs/etc", "rootfs/etc/hostname"];
  }
}
