// The settings of the provider: stack config `lxd:…`, and the arguments of explicit providers.

/** By the name of the setting, without `lxd:`. */
const texts = {
  remote:
    "Name of a remote of the command line client `incus` or `lxc`, as `incus remote list` shows it. Conflicts with `socket` and `address`. Default: the environment variables `INCUS_REMOTE`, `INCUS_SOCKET`, `INCUS_DIR`, `LXC_REMOTE`, `LXD_SOCKET` and `LXD_DIR`, in this order; otherwise a well-known socket, otherwise the default remote of `incus` or `lxc`.",
  socket:
    "Path of the server's unix socket on this machine. Conflicts with `remote` and `address`. Default: see `remote`.",
  address:
    "URL of the server: `https://HOST:8443`. For a cluster, several URLs separated by commas, tried in this order. Conflicts with `remote` and `socket`. Default: see `remote`.",
  serverCertificateFingerprint:
    "SHA-256 fingerprint of the server's certificate, if no trusted certificate authority has issued it.",
  certificateAuthority: "An additional certificate authority for the server: PEM text, or the path of a PEM file.",
  clientCertificate:
    "Client certificate: PEM text, or the path of a PEM file. Required with `clientKey`. Default: that of the command line client, or the one generated on this machine for a trust token.",
  clientKey:
    "Private key of the client certificate: PEM text, or the path of a PEM file. A passphrase is not supported.",
  trustToken:
    "A one-time token that makes the server trust the client certificate, as printed by `incus config trust add NAME`. Default: the environment variable `PULUMI_LXD_TRUST_TOKEN`.",
  bearerToken:
    "A token sent with each request instead of a client certificate. Requires LXD 6.7, or a token that Incus accepts.",
  project:
    "The project of resources that do not specify one. Default: that of the remote, otherwise the environment variable `INCUS_PROJECT` for a server that the environment selects, otherwise `default`.",
  parallel:
    "How many changes a server or cluster works on at the same time; at most half of them are uploads. Default: 10.",
  parallelBuilds: "How many golden images are built at the same time. Default: 4.",
};
const secrets = ["clientKey", "trustToken", "bearerToken"];
const integers = ["parallel", "parallelBuilds"];

/**
 * No setting has a default with an environment variable in the schema: such a default is applied to each setting by
 * itself, but a server is selected by the first of several, so a variable would conflict with another setting.
 */
export function configuration() {
  const variables = Object.fromEntries(
    Object.entries(texts).map(([name, description]) => {
      const type = integers.includes(name) ? "integer" : "string";
      return [name, { type, description, ...(secrets.includes(name) ? { secret: true } : {}) }];
    }),
  );
  const description =
    "A provider for one LXD or Incus server. Without one, resources use the server in the stack's config.";
  return { config: { variables }, provider: { description, inputProperties: variables } };
}
