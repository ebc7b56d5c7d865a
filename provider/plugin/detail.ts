// The details of a difference: each place at which state and inputs differ, by its path.
import { isDeepStrictEqual } from "node:util";
import { type Changed } from "../engine/diff";
import { valueAt } from "../engine/property-path";
import { describePath } from "../kind/validate";
import { type Props } from "../kind/props";
import { messages } from "./pulumi";

type Path = readonly (string | number)[];
type Detail = InstanceType<typeof messages.PropertyDiff>;

/** `oldInputs`: where the old value is shown from; a value that only the state has is shown from there. */
export function detailsOf(changed: readonly Changed[], oldInputs: Props): Map<string, Detail> {
  const details = changed.flatMap(({ key, cost, before, after }) => {
    if (cost === "ignore") return [];
    return placesIn(before, after, [key]).map(({ path, kind }) => {
      const detail = new messages.PropertyDiff();
      detail.setKind(messages.PropertyDiff.Kind[cost === "replace" ? replacing[kind] : kind]);
      detail.setInputdiff(kind === "ADD" || valueAt(oldInputs, path.map(String)) !== undefined);
      return [describePath(path), detail] as const;
    });
  });
  return new Map(details);
}

type Kind = "ADD" | "DELETE" | "UPDATE";
const replacing = { ADD: "ADD_REPLACE", DELETE: "DELETE_REPLACE", UPDATE: "UPDATE_REPLACE" } as const;

function placesIn(before: unknown, after: unknown, path: Path): { path: Path; kind: Kind }[] {
  if (isDeepStrictEqual(before, after)) {
    // A move to another server is a change of a remote that may be written as before.
    return path.length === 1 ? [{ path, kind: "UPDATE" }] : [];
  }
  if (before === undefined || after === undefined) return [{ path, kind: before === undefined ? "ADD" : "DELETE" }];
  const [olds, news] = [partsOf(before), partsOf(after)];
  if (olds === undefined || news === undefined || Array.isArray(before) !== Array.isArray(after))
    return [{ path, kind: "UPDATE" }];
  const step = (key: string): string | number => (Array.isArray(before) ? Number(key) : key);
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  return keys
    .filter((key) => !isDeepStrictEqual(olds[key], news[key]))
    .flatMap((key) => placesIn(olds[key], news[key], [...path, step(key)]));
}

function partsOf(value: unknown): Props | undefined {
  return typeof value === "object" && value !== null ? (value as Props) : undefined;
}
