// Steps that run in an installed system before it is packed: their argument types and their form for the provider.
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { sha256 } from "../../provider/base/canonical";
import { localPath } from "../resource/local-path";
import { type FileContent, toFile } from "../resource/file-entry";
import { type Resolved } from "../resource/outputs";
import { isRecord, liftEach, liftValues } from "../resource/lift";
import { type Only, type OptionalInput, type StringInput } from "../resource/inputs";
import { type Duration } from "../resource/units";

/** Writes files, owned by root and readable by everyone. Missing parent directories are created. */
export interface FilesStepArgs extends Only<"files", "files" | "exec" | "environment" | "cwd" | "timeout"> {
  /** File contents by absolute path in the guest: a string, bytes, a `FileAsset` or a `StringAsset`. */
  files: pulumi.Input<Record<string, pulumi.Input<string | Uint8Array | pulumi.asset.Asset>>>;
}

/** Runs a command as root until it exits. A non-zero exit code fails the build. */
export interface ExecStepArgs extends Only<"exec", "files" | "exec"> {
  /** The program and its arguments, run without a shell. */
  exec: pulumi.Input<pulumi.Input<string>[]>;
  /** Environment variables, added to those of the guest. */
  environment?: OptionalInput<Record<string, OptionalInput<string>>>;
  /** Working directory in the guest. Default: the home directory of root. */
  cwd?: OptionalInput<string>;
  /** How long the command may run. A command that exceeds this is killed and fails the build. Default: `"10m"`. */
  timeout?: StringInput<Duration | undefined>;
}

export type ProvisionStepArgs = FilesStepArgs | ExecStepArgs;

/** A step as an output. */
export type ProvisionStep =
  | Resolved<ExecStepArgs>
  | (Omit<Resolved<FilesStepArgs>, "files"> & {
      /** What each file contains, by its path in the guest. */
      files: Record<string, FileContent>;
    });

/** `owner` names the resource in errors. */
export function toSteps(steps: unknown, owner: string): unknown {
  return liftEach(steps, (step, i) => {
    if (!isRecord(step) || !("files" in step)) return step;
    const at = `${owner}: provision[${i}].files`;
    return { ...step, files: liftValues(step["files"], (file, path) => toFile(file, { where: `${at}["${path}"]` })) };
  });
}

/**
 * Replaces the paths of local files with hashes of their contents, so that changed bytes at the same path build a new
 * version.
 */
export function stepContent(steps: unknown): pulumi.Output<unknown> {
  const output: pulumi.Output<unknown> = pulumi.output(steps);
  return output.apply((known) => (Array.isArray(known) ? known.map(contentOf) : known));
}

function contentOf(step: unknown): unknown {
  const files = isRecord(step) ? step["files"] : undefined;
  if (!isRecord(files)) return step;
  return Object.entries(files).map(([path, entry]) => [path, isRecord(entry) ? bytesOf(entry) : entry]);
}

function bytesOf(entry: Record<string, unknown>): unknown {
  return typeof entry["file"] === "string" ? digestOf(entry["file"]) : entry;
}

/** Ignores a file that cannot be read; the provider's check reports it together with all other errors. */
function digestOf(file: string): string {
  try {
    return sha256(readFileSync(localPath(file)));
  } catch {
    return "";
  }
}
