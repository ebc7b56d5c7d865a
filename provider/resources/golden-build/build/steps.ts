// Provisioning steps in the installed system: writes files and runs commands through the guest's agent.
import * as z from "zod";
import { lastLines, runCommand } from "../../../lxd/api/instance/exec";
import { makeDirectory, writeFile } from "../../../lxd/api/instance/guest-files";
import { type InstanceAddress } from "../../../lxd/api/instance/instances";
import { type Client } from "../../../lxd/client/core/client";
import { changed } from "../../../content/local-file/file-problems";
import { LxdError } from "../../../base/errors";
import { type Failure } from "../../../kind/kind";
import { duration, strict, tagged } from "../../../kind/schema";
import { isUnknown } from "../../../kind/unknowns";
import { milliseconds } from "../../../kind/units";
import { contentOf } from "../../machine/guest/file-content";

/**
 * The content of a file. The hash of a local file is computed in `check`: different bytes at the same path result in a
 * different image.
 */
export type StepFile = { text: string } | { base64: string } | { file: string; sha256?: string };

export interface FilesStep {
  files: Record<string, StepFile>;
}

export interface ExecStep {
  /** The program and its arguments, without a shell. */
  exec: string[];
  environment?: Record<string, string> | undefined;
  cwd?: string | undefined;
  timeout?: string | undefined;
}

export type Step = FilesStep | ExecStep;

const guestPath = z.string().regex(/^\/./, { error: "must be an absolute path in the guest" });
const file = tagged<StepFile>({
  text: strict({ text: z.string() }),
  base64: strict({ base64: z.string() }),
  file: strict({ file: z.string().min(1) }),
});
const exec = strict({
  exec: z.array(z.string()).min(1),
  environment: z.record(z.string(), z.string()).optional(),
  cwd: guestPath.optional(),
  timeout: duration.optional(),
});
const step = tagged<Step>({ files: strict({ files: z.record(guestPath, file) }), exec });

export const provisionSchema = z.array(step).optional();
export const sealSchema = z.array(exec).optional();

/** The default timeout of a step. */
export const stepTimeout = "10m";
const fileOwner = { uid: 0, gid: 0, mode: 0o644 };
const folderOwner = { uid: 0, gid: 0, mode: 0o755 };

/** Adds the hashes of local files to the steps. */
export async function hashed(
  steps: Step[] | undefined,
  { failures, signal }: { failures: Failure[]; signal: AbortSignal },
): Promise<Step[]> {
  if (steps === undefined) return [];
  if (isUnknown(steps)) return steps;
  return Promise.all(
    steps.map(async (each, i) => {
      if (isUnknown(each) || !("files" in each) || isUnknown(each.files)) return each;
      const entries = Object.entries(each.files).map(async ([path, content]): Promise<[string, StepFile]> => {
        if (isUnknown(content) || !("file" in content) || isUnknown(content.file)) return [path, content];
        try {
          return [path, { file: content.file, sha256: (await contentOf(content, signal)).digest }];
        } catch (error) {
          failures.push({ property: `provision[${i}].files["${path}"]`, reason: LxdError.from(error).message });
          return [path, content];
        }
      });
      return { files: Object.fromEntries(await Promise.all(entries)) };
    }),
  );
}

export interface Guest {
  client: Client;
  at: InstanceAddress;
  status: (text: string) => void;
}

export async function runStep(guest: Guest, each: Step): Promise<void> {
  if ("exec" in each) return run(guest, each);
  for (const [path, content] of Object.entries(each.files)) {
    guest.status(`writing ${path}`);
    await writeOne(guest, path, content);
  }
}

async function run(
  { client, at, status }: Guest,
  { exec: command, environment, cwd, timeout }: ExecStep,
): Promise<void> {
  status(`running ${command.join(" ")}`);
  const timeoutMs = milliseconds(timeout ?? stepTimeout);
  const ended = await runCommand(client, at, { command, environment, cwd, timeoutMs });
  if (ended.exitCode === 0) return;
  const output = lastLines(`${ended.stdout}\n${ended.stderr}`);
  const why = `the command ${command.join(" ")} exited with ${ended.exitCode}${output === "" ? "" : `; it printed:\n${output}\n`}`;
  throw new LxdError({ code: "failed", why });
}

async function writeOne({ client, at }: Guest, path: string, content: StepFile): Promise<void> {
  const folders = path.split("/").slice(1, -1);
  for (let i = 1; i <= folders.length; i++) {
    await makeDirectory(client, { ...at, path: `/${folders.slice(0, i).join("/")}` }, folderOwner);
  }
  const local = await contentOf(content, client.signal);
  // The preview used different bytes, and the image would not match its inputs hash.
  const isOther = "file" in content && content.sha256 !== undefined && content.sha256 !== local.digest;
  if (isOther) throw changed(content.file);
  const { stream, sizeBytes } = await local.open();
  await writeFile(client, { ...at, path }, { stream, sizeBytes, ...fileOwner });
}
