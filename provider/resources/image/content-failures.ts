// What is wrong with the files of an image, before they are hashed or sent.
import { type Failure } from "../../kind/kind";
import { LxdError } from "../../base/errors";
import { diskProblem } from "../../content/recognition/disk-problem";
import { recogniseFile } from "../../content/recognition/local-file";
import { imageProblem, metadataProblem, rootfsProblem, type Subject } from "../../content/recognition/problems";
import { type ImageSource } from "./source-types";

type Judge = (subject: Subject) => LxdError | undefined;

/** Files on this machine only. */
export async function contentFailures(source: ImageSource): Promise<Failure[]> {
  if ("file" in source) return failuresOf("file", source.file, imageProblem);
  if ("disk" in source) return failuresOf("disk", source.disk, (subject) => diskProblem(subject, source.format));
  if (!("metadata" in source)) return [];
  const isVirtualMachine = source.type === "virtual-machine";
  return [
    ...(await failuresOf("metadata", source.metadata, metadataProblem)),
    ...(await failuresOf("rootfs", source.rootfs, (subject) => rootfsProblem(subject, isVirtualMachine))),
  ];
}

async function failuresOf(field: string, name: string, judge: Judge): Promise<Failure[]> {
  const property = `source.${field}`;
  try {
    const problem = judge({ name, found: await recogniseFile(name) });
    return problem === undefined ? [] : [{ property, reason: problem.message }];
  } catch (error) {
    return [{ property, reason: LxdError.from(error).message }];
  }
}
