// Names of architectures: the kernel's, which servers report, and the others that releases of Incus and LXD accept.

const otherNames: ReadonlyMap<string, readonly string[]> = new Map([
  ["i686", ["i386", "i586", "386", "x86", "generic_32"]],
  ["x86_64", ["amd64", "generic_64"]],
  ["armv6l", ["armel", "arm"]],
  ["armv7l", ["armhf", "armhfp", "armv7", "armv7a_hardfp", "armv7a_vfpv3_hardfp"]],
  ["armv8l", []],
  ["aarch64", ["arm64", "arm64_generic"]],
  ["ppc", ["powerpc"]],
  ["ppc64", ["powerpc64"]],
  ["ppc64le", ["ppc64el"]],
  ["s390x", []],
  ["mips", ["mipsel", "mipsle"]],
  ["mips64", ["mips64el", "mips64le"]],
  ["riscv32", ["rv32"]],
  ["riscv64", ["rv64"]],
  ["loongarch64", ["loong64", "loongarch"]],
]);

/** All names. Older releases know fewer, and newer ones may know more. */
export const architectureNames: readonly string[] = [...otherNames].flatMap(([kernel, others]) => [kernel, ...others]);

/** Returns the kernel's name, or the name itself if it is unknown. */
export function canonicalArchitecture(name: string): string {
  return [...otherNames].find(([, others]) => others.includes(name))?.[0] ?? name;
}
