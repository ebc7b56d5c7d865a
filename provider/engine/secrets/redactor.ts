// Keeps secret values out of what people read: Pulumi hands them over in clear, with a list of where they are.
import { type Credentials } from "../../lxd/client/discovery/location";
import { LxdError } from "../../base/errors";
import { isUnknown } from "../../kind/unknowns";

type Props = Record<string, unknown>;
type Path = readonly (string | number)[];

/** The input that says where the program has written secrets, by their paths. */
export const secretsKey = "__secrets";

const placeholder = "[secret]";
/** As Pulumi does it with the secrets of a stack's config: what is shorter would be found in every message. */
const leastCharacters = 3;
/** A guest or a daemon may repeat one line of a text; short ones are in many texts. */
const leastCharactersOfLine = 8;

export class Redactor {
  readonly #bags: readonly Props[];
  readonly #config: Credentials;
  #forms: string[] | undefined;

  /** Of inputs and states, and of the stack's config. */
  constructor(propsList: readonly Props[], config: Credentials = {}) {
    this.#bags = propsList;
    this.#config = config;
  }

  /** The text with `[secret]` in place of every secret value, as it is or in a form in which it may be repeated. */
  redact(text: string): string {
    this.#forms ??= [...new Set(this.#values().flatMap(textsIn).flatMap(formsOf))];
    const found = this.#forms.filter((form) => form.length <= text.length && text.includes(form));
    if (found.length === 0) return text;
    const longestFirst = found.sort((a, b) => b.length - a.length).map(escaped);
    return text.replaceAll(new RegExp(longestFirst.join("|"), "g"), placeholder);
  }

  /** The same failure, told without secrets; what caused it stays behind if it had any. */
  redactError(thrown: unknown): LxdError {
    const error = LxdError.from(thrown);
    if (this.redact(error.message) === error.message) return error;
    const { code, why, doing, advice, request } = error.details;
    const redacted = (text: string | undefined): string | undefined =>
      text === undefined ? undefined : this.redact(text);
    return new LxdError({
      code,
      why: this.redact(why),
      doing: redacted(doing),
      advice: redacted(advice),
      request: request && { ...request, path: this.redact(request.path) },
    });
  }

  #values(): unknown[] {
    const named = this.#bags.flatMap((props) => secretPathsIn(props).map((path) => valueAt(props, path)));
    return [...named, ...credentialsIn(this.#config), ...this.#remotes()];
  }

  #remotes(): unknown[] {
    return this.#bags.flatMap((props) => credentialsIn((props["remote"] ?? {}) as Credentials));
  }
}

/** Secret whatever they are said as. A message must be able to say which server it is about, and which file has a key. */
function credentialsIn({ bearerToken, trustToken, clientKey }: Credentials): unknown[] {
  return [bearerToken, trustToken, String(clientKey).includes("-----BEGIN") ? clientKey : undefined];
}

/** Where in the inputs or the state of a resource the program has written secrets. */
export function secretPathsIn(props: Props): Path[] {
  const paths = props[secretsKey];
  return Array.isArray(paths) ? paths.filter((path): path is Path => Array.isArray(path)) : [];
}

function valueAt(props: Props, path: Path): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? (value as Props)[step] : undefined),
    props,
  );
}

/** `true` and `false` are in many messages, and tell nothing without what they are about. */
function textsIn(value: unknown): string[] {
  if (typeof value === "number") return [String(value)];
  if (typeof value === "string") return isUnknown(value) || value === "true" || value === "false" ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The forms in which daemons, servers and guests repeat what they were given. */
function formsOf(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  const long = lines.filter((line) => line.length >= leastCharactersOfLine);
  const plain = [text, text.trim(), ...long, ...partsOf(text)].filter((each) => each.length >= leastCharacters);
  return plain.flatMap((each) => {
    const bytes = Buffer.from(each);
    // Without halves of surrogate pairs, at which `encodeURI` throws.
    const sent = bytes.toString();
    const encoded = [JSON.stringify(each).slice(1, -1), encodeURI(sent), encodeURIComponent(sent)];
    return [each, ...encoded, bytes.toString("base64").replace(/=+$/, "")];
  });
}

/** Of a URL, what it has besides the place: messages leave it out, or repeat it by itself. */
function partsOf(text: string): string[] {
  if (!/^https?:/.test(text) || !URL.canParse(text)) return [];
  const { password, search } = new URL(text);
  return [password, search.slice(1)];
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&");
}
