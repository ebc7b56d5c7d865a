// What to change so that another server, socket or certificate is meant: it depends on what named the present one.

export const ofResource = "the resource's remote";
/** In place of that, for commands of `pulumi-lxd`. */
export const ofCommand = "the options of this command";

/** Where the path of a socket is written, as the end of "name its socket with …". */
export function socketSetting(namedBy: string | undefined): string {
  if (namedBy === ofResource) return "the `socket` of the resource's `remote`";
  if (namedBy === ofCommand) return "`--socket PATH`";
  if (namedBy !== undefined && /^[A-Z_]+$/.test(namedBy)) return `the variable ${namedBy}`;
  return "`pulumi config set lxd:socket PATH`";
}

/** What accepts a certificate, as the end of "If that is your server's, …". */
export function pinSetting(namedBy: string | undefined, presented: string): string {
  if (namedBy === ofResource) return `write serverCertificateFingerprint: "${presented}" in the resource's \`remote\``;
  if (namedBy === ofCommand) return `add \`--server-certificate-fingerprint ${presented}\``;
  if (namedBy === undefined || namedBy.startsWith("stack config"))
    return `run \`pulumi config set lxd:serverCertificateFingerprint ${presented}\``;
  return "remove the remote from the command line and add it again (`incus remote remove NAME`, `incus remote add NAME ADDRESS`; the same with `lxc`), which asks whether to accept it";
}
