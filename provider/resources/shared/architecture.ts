// The schema of an instance's architecture.
import { architectureNames } from "../../base/architectures";
import { nearest } from "../../base/nearest";
import * as z from "zod";

/** Names that other systems use. */
const foreign: ReadonlyMap<string, string> = new Map([
  ["x64", "x86_64"],
  ["x86-64", "x86_64"],
  ["64-bit", "x86_64"],
  ["armv8", "aarch64"],
]);

/** Refuses an unknown name only if it resembles a known one, since a newer server may have others. */
export const architectureSchema = z
  .string()
  .min(1, { error: "must not be empty" })
  .refine((name) => meantBy(name) === undefined, {
    error: ({ input }) => {
      const name = String(input);
      return `${JSON.stringify(name)} is not an architecture; did you mean "${meantBy(name) ?? ""}"?`;
    },
  });

function meantBy(name: string): string | undefined {
  if (architectureNames.includes(name)) return undefined;
  return foreign.get(name.toLowerCase()) ?? nearest(name, architectureNames);
}
