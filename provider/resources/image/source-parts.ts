// The files of a source that is uploaded from here.
import { isOnWeb, type SourceFile, type WebFile } from "../../content/source-file";
import { diskProblem } from "../../content/recognition/disk-problem";
import { imageProblem, metadataProblem, rootfsProblem } from "../../content/recognition/problems";
import { partAt, type SourcePart } from "../shared/source-file";
import { isDescription } from "./description";
import { type ContentSource } from "./source-types";

/** A unified image on a web server. */
export function unifiedOnWeb(source: ContentSource): WebFile | undefined {
  if ("download" in source) {
    const { download: url, checksum, trigger } = source;
    return { url, checksum, trigger };
  }
  return "file" in source && isOnWeb(source.file) ? source.file : undefined;
}

export function partsOf(source: ContentSource): SourcePart[] {
  if ("download" in source) {
    const fields = { place: "source.download", checksum: "source.checksum" };
    return [{ file: { ...source, url: source.download }, fields, problemOf: imageProblem }];
  }
  if ("file" in source) return [partAt("file", source.file, { problemOf: imageProblem })];
  if ("disk" in source) {
    const { disk, format } = source;
    return [partAt("disk", disk, { problemOf: (subject) => diskProblem(subject, format), isUnpacked: true })];
  }
  const { metadata, rootfs, type } = source;
  const isUnpacked = type === "virtual-machine";
  return [
    ...(isDescription(metadata) ? [] : [partAt("metadata", metadata, { problemOf: metadataProblem })]),
    partAt("rootfs", rootfs, { problemOf: (subject) => rootfsProblem(subject, isUnpacked), isUnpacked }),
  ];
}

export function filesOf(source: ContentSource): SourceFile[] {
  return partsOf(source).map(({ file }) => file);
}
