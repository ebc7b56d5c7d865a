// Decodes a JSON body like the real daemons: typed field by field, with Go's error texts.
import { badRequest } from "../errors";
import type { Config, Devices } from "../store/records";

interface Kinds {
  string: string;
  bool: boolean;
  int: number;
  strings: string[];
  config: Config;
  devices: Devices;
  object: Record<string, unknown>;
  objects: Record<string, unknown>[];
}

/** The fields of a body and their types. Other fields are ignored, as in Go. */
export type Shape = Readonly<Record<string, keyof Kinds>>;

/** A decoded body: an absent or null field is undefined. */
export type Decoded<S extends Shape> = { [K in keyof S]?: Kinds[S[K]] };

interface Place {
  go: string;
  field: string;
}

const GO_NAMES: Record<keyof Kinds, string> = {
  string: "string",
  bool: "bool",
  int: "int",
  strings: "[]string",
  config: "map[string]string",
  devices: "map[string]map[string]string",
  object: "struct",
  objects: "[]struct",
};

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return "array";
  return typeof value === "boolean" ? "bool" : typeof value;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function refuse(value: unknown, place: Place, desired: string): never {
  throw badRequest(
    `json: cannot unmarshal ${jsonKind(value)} into Go struct field ${place.go}.${place.field} of type ${desired}`,
  );
}

function toString(value: unknown, place: Place): string {
  if (value === null) return "";
  return typeof value === "string" ? value : refuse(value, place, "string");
}

function toConfig(value: unknown, place: Place, desired = GO_NAMES.config): Config {
  if (value === null) return {};
  if (!isObject(value)) return refuse(value, place, desired);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toString(item, place)]));
}

function toDevices(value: unknown, place: Place): Devices {
  if (!isObject(value)) return refuse(value, place, GO_NAMES.devices);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toConfig(item, place)]));
}

function toList<T>(value: unknown, place: Place, item: (value: unknown) => T): T[] {
  return Array.isArray(value) ? value.map(item) : refuse(value, place, "[]string");
}

const toObject = (value: unknown, place: Place) => (isObject(value) ? value : refuse(value, place, GO_NAMES.object));

const READERS: { [K in keyof Kinds]: (value: unknown, place: Place) => Kinds[K] } = {
  string: toString,
  bool: (value, place) => (typeof value === "boolean" ? value : refuse(value, place, "bool")),
  int: (value, place) => (typeof value === "number" ? value : refuse(value, place, "int")),
  strings: (value, place) => toList(value, place, (item) => toString(item, place)),
  config: toConfig,
  devices: toDevices,
  object: toObject,
  objects: (value, place) => toList(value, place, (item) => toObject(item, place)),
};

/** Go's error text for invalid JSON. */
function syntaxError(text: string, error: unknown): Error {
  if (text.trim() === "") return badRequest("EOF");
  const message = error instanceof Error ? error.message : "";
  const token = /Unexpected token '?(.)/u.exec(message)?.[1];
  if (token === undefined) return badRequest("unexpected EOF");
  return badRequest(`invalid character '${token}' looking for beginning of value`);
}

/** The JSON value of `text`; throws a 400 if it is invalid. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw syntaxError(text, error);
  }
}

/** The fields of `shape` in a parsed object; `go` is the type's name in error texts. */
export function decodeObject<S extends Shape>(value: unknown, go: string, shape: S): Decoded<S> {
  if (value !== undefined && value !== null && !isObject(value)) {
    throw badRequest(`json: cannot unmarshal ${jsonKind(value)} into Go value of type api.${go}`);
  }
  const source = isObject(value) ? value : {};
  const fields = Object.entries(shape)
    .filter(([field]) => source[field] !== undefined && source[field] !== null)
    .map(([field, kind]) => [field, READERS[kind](source[field], { go, field })]);
  return Object.fromEntries(fields) as Decoded<S>;
}

export function decode<S extends Shape>(text: string, go: string, shape: S): Decoded<S> {
  return decodeObject(parseJson(text), go, shape);
}
