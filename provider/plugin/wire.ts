// Converts properties between their form in Pulumi's protocol and plain values with the paths of the secrets in them.
import { type Path, withChangedAt } from "./secrets";
import { type Props } from "../kind/props";
import { plain } from "../kind/props";
import { Struct } from "./pulumi";

export interface Received {
  props: Props;
  /** The paths of values that the engine keeps secret. */
  secrets: Path[];
}

/** Marks the values of Pulumi's protocol that JSON has no form for. */
const mark = "4dabf18193072939515e22adb298388d";
const marks = {
  secret: "1b47061264138c4ac30d75fd1eb44270",
  asset: "c44067f5952c0a294b673a41bacd8c17",
  archive: "0def7320c3a5731c473e5ecbe6d01bc7",
};

export type Message = InstanceType<typeof Struct>;

/** Unknown values stay as they are: the string that `kind/unknowns.ts` recognizes. */
export function received(message: Message | undefined): Received {
  const secrets: Path[] = [];
  const props = (message === undefined ? {} : unwrapped(message.toJavaScript(), [], secrets)) as Props;
  return { props, secrets };
}

export function sent(props: Props, secrets: readonly Path[]): Message {
  const marked = withChangedAt(plain(props), secrets, (value) => ({ [mark]: marks.secret, value }));
  return Struct.fromJavaScript(marked as Parameters<typeof Struct.fromJavaScript>[0]);
}

function unwrapped(value: unknown, path: Path, secrets: Path[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((each, i) => unwrapped(each, [...path, i], secrets));
  const { [mark]: kind, ...fields } = value as Props;
  if (kind === marks.secret) {
    secrets.push(path);
    return unwrapped(fields["value"], path, secrets);
  }
  if (kind === marks.asset || kind === marks.archive) return fileOf(fields, kind === marks.archive);
  return Object.fromEntries(
    Object.entries(fields).map(([key, each]) => [key, unwrapped(each, [...path, key], secrets)]),
  );
}

/** An asset or archive in the form in which the SDK passes files: `{ text }`, `{ file }` or `{ folder }`. */
function fileOf({ text, path, uri, assets }: Props, isArchive: boolean): Props {
  if (typeof path === "string" && path !== "") return isArchive ? { folder: path } : { file: path };
  if (typeof uri === "string" && uri !== "") return { uri };
  return isArchive ? { assets } : { text };
}
