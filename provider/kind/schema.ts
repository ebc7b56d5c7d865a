// Building blocks of input schemas: strict objects, sources that are tagged by their keys, and common scalars.
import * as z from "zod";
import { nearest } from "../base/nearest";
import { nearestSizes, parseDuration, parseSize } from "./units";
import { describeValue, zodMessages } from "./zod-messages";

/** An object that accepts only these properties; the error for a typo suggests the nearest property. */
export function strict<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? unknownProperties(issue.keys, known) : undefined),
  });
}

/** The daemons store a time outside these years, but no answer with it can be represented in their JSON. */
const firstTime = Date.parse("0000-01-01T00:00:00Z");
const lastTime = Date.parse("9999-12-31T23:59:59.999Z");

/** An RFC 3339 time that the daemons can represent, in UTC. */
export const instant = z.iso
  .datetime({
    offset: true,
    error: (issue) => `${JSON.stringify(issue.input)} is not a valid time; use for example "2030-12-31T23:00:00Z"`,
  })
  .refine((text) => Date.parse(text) >= firstTime && Date.parse(text) <= lastTime, {
    error: "must be in the years 0 to 9999 in UTC: with any other time, servers can no longer list their objects",
  });

/**
 * One of several shapes, selected by the keys that are present. Reports the failures of the selected shape, with their
 * own paths, instead of "no alternative matches". `hintFor`: what to write instead of a value that has no shape.
 */
export function tagged<T>(
  variants: Record<string, z.ZodType>,
  hintFor: (value: unknown) => string | undefined = () => undefined,
): z.ZodType<T, T> {
  const tags = Object.keys(variants);
  return z.unknown().superRefine((value, context) => {
    const present = isObject(value) ? tagsOf(value, variants) : [];
    const variant = present.length === 1 ? variants[present[0] ?? ""] : undefined;
    if (variant === undefined) {
      context.addIssue({ code: "custom", ...untagged(value, { tags, present, hint: hintFor(value) }) });
      return;
    }
    addIssuesOf(variant, value, context);
  }) as unknown as z.ZodType<T, T>;
}

/** One of several schemas, which the value itself selects. Reports the failures of that schema only. */
export function selected<T>(select: (value: unknown) => z.ZodType): z.ZodType<T, T> {
  return z
    .unknown()
    .superRefine((value, context) => addIssuesOf(select(value), value, context)) as unknown as z.ZodType<T, T>;
}

/** Words the failures here, because the enclosing schema can no longer word them. */
function addIssuesOf(schema: z.ZodType, value: unknown, context: z.core.$RefinementCtx): void {
  for (const issue of schema.safeParse(value, { error: zodMessages }).error?.issues ?? []) {
    context.addIssue({ ...issue, code: "custom", path: issue.path });
  }
}

/** Ignores a tag that is also a field of another shape that is present: `alias` is a field of `server`. */
function tagsOf(value: Record<string, unknown>, variants: Record<string, z.ZodType>): string[] {
  const present = Object.keys(variants).filter((tag) => value[tag] !== undefined);
  const isField = (tag: string, of: string): boolean => {
    const variant = variants[of];
    return of !== tag && variant instanceof z.ZodObject && tag in variant.shape;
  };
  return present.filter((tag) => !present.some((other) => isField(tag, other)));
}

interface Tags {
  tags: string[];
  present: string[];
  hint: string | undefined;
}

/** Describes a value that matches no shape or more than one. */
function untagged(
  value: unknown,
  { tags, present, hint }: Tags,
): { message: string; path?: string[]; keys?: string[] } {
  const shapes = tags.map((tag) => `{ ${tag}: … }`).join(" or ");
  if (value === undefined) return { message: `is required: ${shapes}` };
  if (!isObject(value)) {
    return { message: `must be ${shapes}, but is ${describeValue(value)}${hint === undefined ? "" : `; ${hint}`}` };
  }
  if (present.length > 1) return { message: `must be ${shapes}, not ${present.join(" and ")} together` };
  const [key] = Object.keys(value);
  if (key === undefined) return { message: `must be ${shapes}, but is empty` };
  const near = nearest(key, tags);
  const usual = near === undefined ? `the source must be ${shapes}` : `did you mean "${near}"?`;
  return { message: `unknown property "${key}"; ${hint ?? usual}`, keys: [key] };
}

/** A size such as `10GiB`, `512MiB` or `500MB`, or digits for bytes. */
export const size = z.string({ error: sizeTypeProblem }).refine((text) => parseSize(text) !== undefined, {
  error: (issue) => sizeProblem(String(issue.input)),
});

export function sizeProblem(text: string): string {
  const near = nearestSizes(text).map((each) => JSON.stringify(each));
  const hint =
    near.length > 0
      ? `did you mean ${near.join(" or ")}?`
      : 'use an integer with a unit (B, kB, MB, GB, TB, KiB, MiB, GiB or TiB), for example "10GiB"';
  return `${JSON.stringify(text)} is not a valid size; ${hint}`;
}

function sizeTypeProblem({ input }: { input?: unknown }): string | undefined {
  return typeof input === "number"
    ? `must be a string with a unit, for example "${input}GiB", but is ${input}`
    : undefined;
}

function durationTypeProblem({ input }: { input?: unknown }): string | undefined {
  return typeof input === "number"
    ? `must be a string with a unit, for example "${input}s", but is ${input}`
    : undefined;
}

/** A duration such as `90m`, `1h30m` or `30s`. */
export const duration = z.string({ error: durationTypeProblem }).refine((text) => parseDuration(text) !== undefined, {
  error: (issue) => `${JSON.stringify(issue.input)} is not a valid duration; use for example "90m", "1h30m" or "30s"`,
});

/**
 * A value of a configuration key or device option. LXD and Incus store strings only, so `check` converts numbers and
 * booleans.
 */
export const scalar = z.union([z.string(), z.number(), z.boolean()], {
  error: "must be a string, a number or a boolean",
});

/** A volume name that all versions of LXD and Incus accept. */
export const volumeName = z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/, {
  error: "must be 1 to 64 letters, digits, dots, dashes or underscores, and must start and end with a letter or digit",
});

/** An instance name; LXD and Incus require a host name. */
export const instanceName = z.string().regex(/^(?!\d+$)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/, {
  error: "must be 1 to 63 letters, digits or dashes, must not start or end with a dash, and must not be only digits",
});

export const name = z.string().min(1, { error: "must not be empty" });

/** Returns one line per key, in order. */
function unknownProperties(keys: string[], known: string[]): string {
  return keys
    .map((key) => {
      const near = nearest(key, known);
      return `unknown property "${key}"${near === undefined ? `; known properties are ${known.join(", ")}` : `; did you mean "${near}"?`}`;
    })
    .join("\n");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
