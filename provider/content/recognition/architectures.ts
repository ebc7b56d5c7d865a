// The architectures that releases of Incus and LXD know, by the kernel's names and all others that they accept.

const names = [
  ...["i686", "i386", "i586", "386", "x86", "generic_32"],
  ...["x86_64", "amd64", "generic_64"],
  ...["armv6l", "armel", "arm"],
  ...["armv7l", "armhf", "armhfp", "armv7", "armv7a_hardfp", "armv7a_vfpv3_hardfp"],
  ...["armv8l", "aarch64", "arm64", "arm64_generic"],
  ...["ppc", "powerpc", "ppc64", "powerpc64", "ppc64le", "ppc64el"],
  "s390x",
  ...["mips", "mipsel", "mipsle", "mips64", "mips64el", "mips64le"],
  ...["riscv32", "rv32", "riscv64", "rv64"],
  ...["loongarch64", "loong64", "loongarch"],
];

/** Older releases know fewer: they decide themselves. */
export function isArchitecture(name: string): boolean {
  return names.includes(name);
}
