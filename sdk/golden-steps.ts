// What is done in an installed system before it is packed, as programs write it and as it is sent to the provider.
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { toFile } from "./iso-source";
import { localPath } from "./local-path";

/** Writes files, for root and readable by all; folders on the way are made. */
export interface FilesStepArgs {
  /** By their absolute paths in the guest: text, bytes, or a `pulumi.asset` file or text. */
  files: Record<string, pulumi.Input<string | Uint8Array | pulumi.asset.Asset>>;
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

export function toStep(step: ProvisionStepArgs): pulumi.Inputs {
  if (!("files" in step)) return { ...step };
  return { files: Object.fromEntries(Object.entries(step.files).map(([path, file]) => [path, toFile(file)])) };
}

/** Steps with the content of local files instead of their paths: other bytes at the same path are another image. */
export function stepContent(steps: ProvisionStepArgs[]): pulumi.Output<unknown> {
  return pulumi.output(steps.map(toStep)).apply((known) =>
    known.map((step) => {
      const { files } = step as { files?: Record<string, { file?: string }> };
      if (files === undefined) return step;
      return Object.entries(files).map(([path, entry]) => [
        path,
        entry.file === undefined ? entry : digestOf(entry.file),
      ]);
    }),
  );
}

/** A file that cannot be read is an error of the provider's check, which says all that is wrong at once. */
function digestOf(file: string): string {
  try {
    return createHash("sha256")
      .update(readFileSync(localPath(file)))
      .digest("hex");
  } catch {
    return "";
  }
}
