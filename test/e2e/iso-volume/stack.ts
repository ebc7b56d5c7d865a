// A Pulumi stack on a daemon under test, and what the daemon itself says of the volumes and machines that it made.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { at, type TestDaemon, textAt } from "../../contract/harness";
import { PulumiProject } from "../harness/project";
import { type PulumiResult } from "../harness/run";

export interface Volume {
  name: string;
  content_type: string;
  description: string;
  config: Record<string, string>;
  created_at: string;
  used_by: string[];
  location: string;
}

const prelude = `
const pulumi = require("@pulumi/pulumi");
const lxd = require("pulumi-lxd");
`;

export class IsoStack {
  private constructor(
    readonly daemon: TestDaemon,
    readonly project: PulumiProject,
  ) {}

  /** The program's text is the body after the two usual imports. */
  static async create(daemon: TestDaemon, body: string, env: Record<string, string> = {}): Promise<IsoStack> {
    const config = { "lxd:socket": daemon.socket };
    return new IsoStack(daemon, await PulumiProject.create({ program: prelude + body, config, env }));
  }

  setBody(body: string): Promise<void> {
    return this.project.setProgram(prelude + body);
  }

  /** Writes a file into the program's folder. */
  write(name: string, content: string | Buffer): Promise<void> {
    return writeFile(join(this.project.dir, name), content);
  }

  /** Takes away what the stack has made, even after a failed test, and the stack itself. */
  async dispose(): Promise<void> {
    await this.project.dispose();
  }

  /** The custom volumes of this run in a pool, by name. */
  async volumes(pool = "default"): Promise<Volume[]> {
    const { body } = await this.daemon.raw.get(`/1.0/storage-pools/${pool}/volumes/custom?recursion=1`);
    const all = body.metadata as Volume[];
    return all.filter(({ name }) => name.startsWith(this.daemon.prefix)).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The only volume of this run. */
  async volume(): Promise<Volume> {
    const volumes = await this.volumes();
    const [only] = volumes;
    if (only === undefined || volumes.length > 1) throw new Error(`not one volume but ${JSON.stringify(volumes)}`);
    return only;
  }

  /** What a machine's device has in it; undefined without such a device. */
  async sourceOf(instance: string, device = "cdrom0"): Promise<string | undefined> {
    const { body } = await this.daemon.raw.get(`/1.0/instances/${instance}`);
    const found = at(body.metadata, "devices", device);
    return found === undefined ? undefined : textAt(found, "source");
  }

  /** The process in which the machine runs: another one after every start. */
  async pidOf(instance: string): Promise<number> {
    const { body } = await this.daemon.raw.get(`/1.0/instances/${instance}/state`);
    const status = at(body.metadata, "status");
    if (status !== "Running") throw new Error(`${instance} is ${String(status)}`);
    return Number(at(body.metadata, "pid"));
  }
}

/** The errors of a run, as one text. */
export function errorsOf({ messages }: PulumiResult): string {
  return messages.flatMap(({ severity, text }) => (severity === "error" ? [text] : [])).join("\n");
}

/** A run that must go well; shows what it printed when it did not. */
export async function succeed(run: Promise<PulumiResult>): Promise<PulumiResult> {
  const result = await run;
  if (result.code !== 0) throw new Error(`pulumi ended with ${result.code}:\n${result.stdout}${result.stderr}`);
  return result;
}

const looks = ["same", "read", "refresh"];

/** `op name` of every step that changes something, in order. */
export function stepsOf({ steps }: PulumiResult): string[] {
  return steps.filter(({ op }) => !looks.includes(op)).map(({ op, name }) => `${op} ${name}`);
}
