// Validates metadata.yaml of an image by the rules of the daemons, which check it only after the whole upload.
import { architectureNames } from "../../base/architectures";
import { parseYaml } from "../../base/yaml";

export interface MetadataProblem {
  /** Undefined if the file as a whole is wrong. */
  field?: string | undefined;
  why: string;
  advice: string;
}

/**
 * The last second of the year 9999 in UTC. A later time is stored by the daemons, and after that every list of images
 * fails, since their JSON cannot represent it.
 */
const lastSecond = 253_402_300_799;
const firstSecond = -62_167_219_200;

const example = "Use for example:\narchitecture: x86_64\ncreation_date: 1735689600";

export function metadataProblems(file: Buffer): MetadataProblem[] {
  // The daemons also read UTF-16, which nothing writes.
  if (/^(\xff\xfe|\xfe\xff)/.test(file.toString("latin1", 0, 2))) return [];
  const text = decode(file);
  if (text === undefined) return [{ why: "is not valid UTF-8", advice: "Save it as UTF-8." }];
  const parsed = parse(text);
  if ("problem" in parsed) return parsed.problem;
  const { value } = parsed;
  if (value === undefined || value === null) return [{ why: "is empty", advice: example }];
  if (!isMap(value)) return [{ why: `must be a map, but is ${kindOf(value)}`, advice: example }];
  return [
    ...architectureProblems(value["architecture"]),
    ...dateProblems("creation_date", value["creation_date"]),
    ...dateProblems("expiry_date", value["expiry_date"]),
    ...textMapProblems("properties", value["properties"]),
    ...templateProblems(value["templates"]),
  ];
}

function decode(file: Buffer): string | undefined {
  try {
    return new TextDecoder("utf8", { fatal: true }).decode(file);
  } catch {
    return undefined;
  }
}

function parse(text: string): { value: unknown } | { problem: MetadataProblem[] } {
  try {
    return { value: parseYaml(text) };
  } catch (error) {
    const { reason = String(error), mark } = error as { reason?: string; mark?: { line: number } };
    // The daemons ignore tags of others.
    if (reason.includes("unknown tag")) return { problem: [] };
    const line = mark === undefined ? "" : `line ${mark.line + 1}: `;
    return { problem: [{ why: `is not valid YAML: ${line}${reason}`, advice: "Correct it." }] };
  }
}

function architectureProblems(value: unknown): MetadataProblem[] {
  const field = "architecture";
  const advice = "Use the kernel's name, for example x86_64 or aarch64.";
  if (value === undefined || value === null || value === "") return [{ field, why: "is required", advice }];
  // Numbers count as text: 386 is a name.
  if (typeof value !== "string" && typeof value !== "number")
    return [{ field, why: `must be a name, but is ${kindOf(value)}`, advice }];
  const name = String(value);
  return architectureNames.includes(name)
    ? []
    : [{ field, why: `"${name}" is not an architecture of LXD or Incus`, advice }];
}

function dateProblems(field: "creation_date" | "expiry_date", value: unknown): MetadataProblem[] {
  const problem = (why: string, advice = secondsAdvice): MetadataProblem[] => [{ field, why, advice }];
  const isMissing = value === undefined || value === null || (typeof value === "number" && Math.trunc(value) === 0);
  if (isMissing) return field === "creation_date" ? problem("is required") : [];
  // An octal number, which the parser here does not know.
  if (typeof value === "string" && /^[-+]?0o[0-7_]+$/.test(value)) return [];
  if (typeof value !== "number" || !Number.isFinite(value)) {
    const isQuoted = typeof value === "string" && /^\d+$/.test(value);
    return problem(`must be a number of seconds, but is ${kindOf(value)}`, isQuoted ? "Remove the quotes." : undefined);
  }
  if (value <= lastSecond && value >= firstSecond) return [];
  const isMilliseconds = value / 1000 <= lastSecond && value > 0;
  const isAfter = `is after the year 9999, which breaks every list of images on the server`;
  return isMilliseconds
    ? problem(`${value} ${isAfter}`, `If these are milliseconds, use seconds: ${Math.floor(value / 1000)}.`)
    : problem(`${value} is not in the years 0 to 9999, which breaks every list of images on the server`);
}

const secondsAdvice = "Use the seconds since 1970, as `date +%s` prints them.";

function textMapProblems(field: string, value: unknown): MetadataProblem[] {
  if (value === undefined || value === null) return [];
  const advice = "Use a text; several values can be separated by commas.";
  if (!isMap(value))
    return [{ field, why: `must be a map of texts, but is ${kindOf(value)}`, advice: "Use key: text." }];
  const wrong = Object.entries(value).filter(([, each]) => Array.isArray(each) || isMap(each));
  return wrong.map(([key, each]) => ({
    field: `${field}.${key}`,
    why: `must be a text, but is ${kindOf(each)}`,
    advice,
  }));
}

function templateProblems(value: unknown): MetadataProblem[] {
  if (value === undefined || value === null) return [];
  const field = "templates";
  const advice = "Use path: { when: [create], template: name.tpl }.";
  if (!isMap(value)) return [{ field, why: `must be a map of paths, but is ${kindOf(value)}`, advice }];
  return Object.entries(value).flatMap(([path, template]) => {
    if (template === undefined || template === null) return [];
    const at = `${field}[${JSON.stringify(path)}]`;
    if (!isMap(template)) return [{ field: at, why: `must be a map, but is ${kindOf(template)}`, advice }];
    const when = template["when"] ?? [];
    const isList = Array.isArray(when);
    return [
      ...(isList ? [] : [{ field: `${at}.when`, why: `must be a list, but is ${kindOf(when)}`, advice }]),
      ...textMapProblems(`${at}.properties`, template["properties"]),
    ];
  });
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isMap(value)) return "a map";
  if (value instanceof Date) return "a date";
  return typeof value === "string" ? `the text ${JSON.stringify(value)}` : String(value);
}
