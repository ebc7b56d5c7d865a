// Advice on which setting to change to use another server, socket or certificate; it depends on what selected the
// current one.

export const ofResource = "the resource's remote";
/** The equivalent for commands of `pulumi-lxd`. */
export const ofCommand = "the options of this command";

/** Completes "name its socket with …". */
export function socketSetting(namedBy: string | undefined): string {
  if (namedBy === ofResource) return "the `socket` of the resource's `remote`";
  if (namedBy === ofCommand) return "`--socket PATH`";
  if (namedBy !== undefined && /^[A-Z_]+$/.test(namedBy)) return `the variable ${namedBy}`;
  return "`pulumi config set lxd:socket PATH`";
}

/** Completes "If that is your server's, …" with the setting that accepts a certificate. */
export function pinSetting(namedBy: string | undefined, presented: string): string {
  if (namedBy === ofResource) return `write serverCertificateFingerprint: "${presented}" in the resource's \`remote\``;
  if (namedBy === ofCommand) return `add \`--server-certificate-fingerprint ${presented}\``;
  if (namedBy === undefined || namedBy.startsWith("stack config"))
    return `run \`pulumi config set lxd:serverCertificateFingerprint ${presented}\``;
  return "remove the remote from the command line and add it again (`incus remote remove NAME`, `incus remote add NAME ADDRESS`; the same with `lxc`), which asks whether to accept it";
}
