// Follows the advice of a failure to the letter: what the program is afterwards.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseYaml } from "../../../provider/base/yaml";
import { type KindName } from "../../../sdk/resource/resource";
import { type Failure } from "../harness/stack";

type Props = Record<string, unknown>;

export interface Program {
  kind: KindName;
  args: Props;
}

interface Mistaken extends Program {
  failure: Failure;
  /** The folder of the files, with `work`, in which commands are run. */
  dir: string;
}

/** Undefined if the advice has no form that can be followed without understanding it. */
export function following({ kind, args, failure, dir }: Mistaken): Program | undefined {
  const { property, reason } = failure;
  const command = /`((?:bunzip2|unxz|gunzip|tar) [^`]*)`/.exec(reason)?.[1];
  if (command !== undefined) execFileSync("sh", ["-c", command], { cwd: join(dir, "work") });
  const near = /did you mean ("[^"]*")/.exec(reason)?.[1];
  if (near !== undefined) return { kind, args: nearest(args, property, { reason, near: JSON.parse(near) as string }) };
  const [, other, source] = /[Uu]se an? (\w+) with (source: \{[^}]*"[^}]*\})/.exec(reason) ?? [];
  if (other !== undefined && source !== undefined) return { kind: other as KindName, args: literal(source) };
  const beside = /[Ss]et ((?:format|type): "[^"]*")/.exec(reason)?.[1];
  if (beside !== undefined) return { kind, args: put(args, parentOf(property), literal(beside)) };
  const own = /use ((?:source|rootDisk): \{[^}]*"[^}]*\})/.exec(reason)?.[1];
  if (own !== undefined) return { kind, args: { ...args, ...literal(own) } };
  const value = /(?:for example|use|Write) ("[^"]*"|\[[^\]]*\]|sha256:\w{64})/.exec(reason)?.[1];
  if (value === undefined) return undefined;
  const [key = ""] = pathOf(property).slice(-1);
  const written = value.startsWith("sha256:") ? { [key]: value } : literal(`${JSON.stringify(key)}: ${value}`);
  return { kind, args: put(args, parentOf(property), written) };
}

/** A wrong key is written as the near one, a wrong value is replaced by it. */
function nearest(args: Props, property: string, { reason, near }: { reason: string; near: string }): Props {
  const [key = ""] = pathOf(property).slice(-1);
  const parent = parentOf(property);
  if (!/unknown property|is not a config key|is not an option/.test(reason)) return put(args, parent, { [key]: near });
  const value = parent.reduce<unknown>((at, each) => (at as Props)[each], args) as Props;
  return put(args, parent, { [key]: undefined, [near]: value[key] });
}

/** `nics[0].options["a.b"]`, as a program writes it. */
function pathOf(property: string): string[] {
  const parts = property.match(/[^.[\]"]+|"[^"]*"/g) ?? [];
  return parts.map((part) => (part.startsWith('"') ? part.slice(1, -1) : part));
}

const parentOf = (property: string): string[] => pathOf(property).slice(0, -1);

function put(at: unknown, path: readonly string[], fields: Props): Props {
  const [first, ...rest] = path;
  const here = first === undefined ? fields : { [first]: put((at as Props)[first], rest, fields) };
  return Array.isArray(at) ? Object.assign([...(at as unknown[])], here) : { ...(at as Props), ...here };
}

/** The fields of an object in JavaScript, which is YAML too; one without a value is the author's to fill in. */
function literal(fields: string): Props {
  return parseYaml(`{ ${fields} }`) as Props;
}
