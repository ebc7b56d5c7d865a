// Checks the client's identity for a server over HTTPS: its certificate, the permissions of its key, and a trust token.
import { type Environment } from "../../provider/lxd/client/discovery/cli-config";
import { type Target } from "../../provider/lxd/client/auth/credentials";
import { opennessOf, ownFiles } from "../../provider/lxd/client/auth/own-identity";
import { fingerprintOf } from "../../provider/lxd/client/auth/pem";
import { type Finding, ok } from "./finding";

const check = "identity";

export function identity(target: Target): Finding[] {
  if ("socket" in target || target.clientCertificate === undefined) return [];
  const { clientCertificate, files } = target;
  const text = `client certificate ${fingerprintOf(clientCertificate, "the client certificate")}`;
  if (files === undefined) return [ok(check, `${text}, of the settings`)];
  const mode = opennessOf(files.key);
  if (mode === undefined) return [ok(check, `${text} (${files.certificate})`)];
  const open = `users other than its owner can read the client key ${files.key} (its mode is ${mode})`;
  return [{ level: "warning", check, text: open, advice: `Run \`chmod 600 ${files.key}\`.` }];
}

/** Returns what the next `pulumi preview` or `pulumi up` does with a trust token; undefined if there is none. */
export function enrollment(target: Target, env: Environment): string | undefined {
  if ("socket" in target || target.trustToken === undefined) return undefined;
  if (target.clientCertificate !== undefined) return "spends the trust token to change that";
  const files = ownFiles(env);
  const where =
    files === undefined ? "needs PULUMI_LXD_HOME, because there is no home folder," : `makes ${files.certificate}`;
  return `${where} and spends the trust token on it`;
}
