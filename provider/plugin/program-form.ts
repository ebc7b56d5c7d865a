// Converts the inputs of a program to the form of the provider, as the classes of the TypeScript SDK do.
import { type Props } from "../kind/props";
import { isUnknown } from "../kind/unknowns";

/** The conversion of a kind's own inputs. Inputs that have the form already stay as they are. */
export type ToForm = (inputs: Props) => Props;

/** What applies to every kind: a remote by its name alone. */
export function withRemote(inputs: Props): Props {
  const { remote, ...rest } = inputs;
  if (remote === undefined) return rest;
  return { ...rest, remote: isText(remote) ? { name: remote } : remote };
}

export const ofIsoVolume: ToForm = (inputs) => at(inputs, "source", (source) => at(source, "files", eachFile));

export const ofInstance: ToForm = (inputs) =>
  at(inputs, "files", (files) =>
    Array.isArray(files) ? files.map((file: unknown) => at(file, "content", toFile)) : files,
  );

function eachFile(files: unknown): unknown {
  if (!isRecord(files)) return files;
  return Object.fromEntries(Object.entries(files).map(([path, file]) => [path, toFile(file)]));
}

/** Text stands for a file with this text. */
function toFile(file: unknown): unknown {
  return isText(file) ? { text: file } : file;
}

function isText(value: unknown): boolean {
  return typeof value === "string" && !isUnknown(value);
}

/** A copy with another value under a key, if the value is an object that has the key. */
function at<T>(value: T, key: string, change: (value: unknown) => unknown): T {
  if (!isRecord(value) || !(key in value)) return value;
  return { ...value, [key]: change((value as Props)[key]) };
}

function isRecord(value: unknown): value is Props {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
