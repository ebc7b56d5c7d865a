// Which properties the engine must keep secret: those of the program, and those that contain one of their values.
import { Redactor, secretsKey } from "../engine/secrets/redactor";
import { type Props } from "../kind/props";

export type Path = readonly (string | number)[];

const credentials = ["clientKey", "trustToken", "bearerToken"];
/** Matches `https://user:password@host/…`. */
const withCredentials = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i;

/** The secrets in inputs: what the program marks, credentials, and URLs that contain credentials. */
export function secretInputs(props: Props, marked: readonly Path[]): Path[] {
  return [...marked, ...credentialPaths(props), ...urlPaths(props, [])];
}

/**
 * The secrets in the outputs of these inputs. A property with a secret in it is secret as a whole, because its items may
 * have another order than in the inputs, and so is one that repeats a secret.
 */
export function secretOutputs(outputs: Props, inputs: Props, secrets: readonly Path[]): Path[] {
  const keys = new Set(secrets.map(([key]) => key).filter((key) => key !== "remote"));
  const redactor = new Redactor([{ ...inputs, [secretsKey]: secrets }]);
  const repeats = (value: unknown): boolean => {
    const text = JSON.stringify(value) as string | undefined;
    return text !== undefined && redactor.redact(text) !== text;
  };
  const found = Object.keys(outputs).filter((key) => key !== "remote" && (keys.has(key) || repeats(outputs[key])));
  return [...found.map((key) => [key]), ...credentialPaths(outputs)];
}

/** The paths as the provider's own code gets them: it knows itself which fields of a remote are secret. */
export function ownPaths(secrets: readonly Path[]): Path[] | undefined {
  const own = secrets.filter(([key]) => key !== "remote");
  return own.length === 0 ? undefined : own;
}

/** A copy of a value in which `change` replaces what is at the paths. Missing paths are skipped. */
export function withChangedAt(value: unknown, paths: readonly Path[], change: (value: unknown) => unknown): unknown {
  if (paths.some((path) => path.length === 0)) return change(value);
  if (typeof value !== "object" || value === null) return value;
  const at = (key: string | number): unknown => {
    const inner = paths.filter(([first]) => String(first) === String(key)).map(([, ...rest]) => rest);
    const part = (value as Props)[key];
    return inner.length === 0 || part === undefined ? part : withChangedAt(part, inner, change);
  };
  if (Array.isArray(value)) return value.map((_, i) => at(i));
  return Object.fromEntries(Object.keys(value).map((key) => [key, at(key)]));
}

function credentialPaths({ remote }: Props): Path[] {
  if (typeof remote !== "object" || remote === null) return [];
  return credentials.filter((key) => (remote as Props)[key] !== undefined).map((key) => ["remote", key]);
}

function urlPaths(value: unknown, path: Path): Path[] {
  if (typeof value === "string") return withCredentials.test(value) ? [path] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => urlPaths(each, [...path, Array.isArray(value) ? +key : key]));
}
