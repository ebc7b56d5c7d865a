// Removes secret values from everything that people read: Pulumi passes them as plain text, with a list of their paths.
import { type Credentials } from "../../lxd/client/discovery/location";
import { LxdError } from "../../base/errors";
import { isUnknown } from "../../kind/unknowns";
import { type Props } from "../../kind/props";

type Path = readonly (string | number)[];

/** The input that lists the paths of the program's secrets. */
export const secretsKey = "__secrets";

const placeholder = "[secret]";
/** Like Pulumi for secrets in a stack's config: a shorter value would match in every message. */
const leastCharacters = 3;
/** A guest or server may repeat single lines of a secret text; short lines occur in many texts. */
const leastCharactersOfLine = 8;

export class Redactor {
  readonly #sources: readonly Props[];
  readonly #config: Credentials;
  #forms: string[] | undefined;

  /** Takes the secrets of inputs, states and the stack's config. */
  constructor(propsList: readonly Props[], config: Credentials = {}) {
    this.#sources = propsList;
    this.#config = config;
  }

  /** Replaces every secret value with `[secret]`, also in the forms in which others may repeat it. */
  redact(text: string): string {
    this.#forms ??= [...new Set(this.#values().flatMap(textsIn).flatMap(formsOf))];
    const found = this.#forms.filter((form) => form.length <= text.length && text.includes(form));
    if (found.length === 0) return text;
    const longestFirst = found.sort((a, b) => b.length - a.length).map(escaped);
    return text.replaceAll(new RegExp(longestFirst.join("|"), "g"), placeholder);
  }

  /** Returns the same failure without secrets. Drops the cause if that contained any. */
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
    const named = this.#sources.flatMap((props) => secretPathsIn(props).map((path) => valueAt(props, path)));
    return [...named, ...credentialsIn(this.#config), ...this.#remotes()];
  }

  #remotes(): unknown[] {
    return this.#sources.flatMap((props) => credentialsIn((props["remote"] ?? {}) as Credentials));
  }
}

/** These are always secret. A message must be able to name the server, and the file that contains a key. */
function credentialsIn({ bearerToken, trustToken, clientKey }: Credentials): unknown[] {
  return [bearerToken, trustToken, String(clientKey).includes("-----BEGIN") ? clientKey : undefined];
}

/** Returns the paths of the program's secrets in the inputs or the state of a resource. */
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

/** Booleans are skipped: `true` and `false` occur in many messages, and reveal nothing without their context. */
function textsIn(value: unknown): string[] {
  if (typeof value === "number") return [String(value)];
  if (typeof value === "string") return isUnknown(value) || value === "true" || value === "false" ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Returns the forms in which servers and guests repeat a value. */
function formsOf(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  const long = lines.filter((line) => line.length >= leastCharactersOfLine);
  const plain = [text, text.trim(), ...long, ...partsOf(text)].filter((each) => each.length >= leastCharacters);
  return plain.flatMap((each) => {
    const bytes = Buffer.from(each);
    // Contains no lone surrogates, which make `encodeURI` throw.
    const sent = bytes.toString();
    const encoded = [JSON.stringify(each).slice(1, -1), encodeURI(sent), encodeURIComponent(sent)];
    return [each, ...encoded, bytes.toString("base64").replace(/=+$/, "")];
  });
}

/** Returns the parts of a URL besides its location: messages omit them, or repeat them separately. */
function partsOf(text: string): string[] {
  if (!/^https?:/.test(text) || !URL.canParse(text)) return [];
  const { password, search } = new URL(text);
  return [password, search.slice(1)];
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&");
}
