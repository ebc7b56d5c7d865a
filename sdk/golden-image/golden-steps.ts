// What is done in an installed system before it is packed, as programs write it and as it is sent to the provider.
import * as pulumi from "@pulumi/pulumi";
import { readFileSync } from "node:fs";
import { sha256 } from "../../provider/base/canonical";
import { localPath } from "../resource/local-path";
import { toFile } from "../resource/file-entry";
import { isRecord, liftEach, liftValues } from "../resource/lift";

/** Writes files, for root and readable by all; folders on the way are made. */
export interface FilesStepArgs {
  /** By their absolute paths in the guest: text, bytes, or a `pulumi.asset` file or text. */
  files: pulumi.Input<Record<string, pulumi.Input<string | Uint8Array | pulumi.asset.Asset>>>;
}

/** Runs a command to its end, as root; any other exit code than 0 fails the build. */
export interface ExecStepArgs {
  /** The program and its arguments; no shell reads them. */
  exec: pulumi.Input<pulumi.Input<string>[]>;
  environment?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** The working directory. Default: root's home. */
  cwd?: pulumi.Input<string>;
  /** One that takes longer is killed, and fails the build. Default: `"10m"`. */
  timeout?: pulumi.Input<string>;
}

export type ProvisionStepArgs = FilesStepArgs | ExecStepArgs;

/** `owner` is the resource, for errors. */
export function toSteps(steps: unknown, owner: string): unknown {
  return liftEach(steps, (step, i) => {
    if (!isRecord(step) || !("files" in step)) return step;
    const at = `${owner}: provision[${i}].files`;
    return { ...step, files: liftValues(step["files"], (file, path) => toFile(file, { where: `${at}["${path}"]` })) };
  });
}

/** Steps with the content of local files instead of their paths: other bytes at the same path are another image. */
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

/** A file that cannot be read is an error of the provider's check, which says all that is wrong at once. */
function digestOf(file: string): string {
  try {
    return sha256(readFileSync(localPath(file)));
  } catch {
    return "";
  }
}
