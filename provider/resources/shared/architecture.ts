// Names of architectures: the kernel's, which servers report, and the others that they accept.
import { nearest } from "../../base/nearest";
import { z } from "zod";

/** The kernel's names, each with its other names. */
const architectures: Record<string, readonly string[]> = {
  i686: ["i386", "i586", "386", "x86"],
  x86_64: ["amd64"],
  armv6l: ["armel"],
  armv7l: ["armhf", "armv7"],
  armv8l: [],
  aarch64: ["arm64"],
  ppc: ["powerpc"],
  ppc64: ["powerpc64"],
  ppc64le: ["ppc64el"],
  s390x: [],
  mips: [],
  mips64: [],
  riscv32: [],
  riscv64: [],
  loongarch64: ["loong64"],
};
/** Names that other systems use. */
const foreign: Record<string, string> = { x64: "x86_64", "x86-64": "x86_64", "64-bit": "x86_64", armv8: "aarch64" };

/** The kernel's name. */
export function canonicalArchitecture(name: string): string {
  return Object.entries(architectures).find(([, others]) => others.includes(name))?.[0] ?? name;
}

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
  const known = Object.entries(architectures).flatMap(([kernel, others]) => [kernel, ...others]);
  return known.includes(name) ? undefined : (foreign[name.toLowerCase()] ?? nearest(name, known));
}
