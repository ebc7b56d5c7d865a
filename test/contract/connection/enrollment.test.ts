// A trust token and nothing else: a certificate is made once, kept privately, and trusted by the server from then on.
import { chmodSync, existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type Client } from "../../../provider/lxd/client/core/client";
import { clientFor } from "../../../provider/lxd/client/core/connections";
import { resolveCredentials, withClientCertificate } from "../../../provider/lxd/client/auth/credentials";
import { discover } from "../../../provider/lxd/client/discovery/discovery";
import { fingerprintOf } from "../../../provider/lxd/client/auth/pem";
import { LxdError } from "../../../provider/base/errors";
import { describeEachDaemon } from "../harness";
import { useHttps } from "./https-site";

describeEachDaemon({ name: "a client without a certificate", on: ["incus", "lxd"] }, (daemon) => {
  const site = useHttps(daemon);
  const home = (): string => join(site.dir, "own");
  const key = (): string => join(home(), "client", "client.key");
  const fingerprint = (): string => fingerprintOf(readFileSync(join(home(), "client", "client.crt"), "utf8"), "");
  const isTrusted = async (): Promise<boolean> =>
    (await daemon.raw.get(`/1.0/certificates/${fingerprint()}`)).status === 200;
  const anew = (): void => rmSync(home(), { recursive: true, force: true });

  interface Said {
    trustToken?: string;
    /** Tells clients apart that would be one in a process, as those of two processes are. */
    parallel?: number;
    env?: Record<string, string>;
  }
  const connect = ({ trustToken, parallel = 1, env: more = {} }: Said): Client => {
    const env = { HOME: site.dir, INCUS_GLOBAL_CONF: "/nowhere", PULUMI_LXD_HOME: home(), ...more };
    const pin = trustToken === undefined ? { serverCertificateFingerprint: site.fingerprint } : { trustToken };
    const target = resolveCredentials(discover({ config: { address: site.address, ...pin }, env }), env);
    return clientFor(withClientCertificate(target, env), parallel);
  };
  const told = (said: Said): Promise<string> =>
    connect(said)
      .info()
      .then(
        () => "",
        (error: unknown) => LxdError.from(error).message,
      );

  daemon.test("is enrolled once, by a key for its owner alone, and known without the token then", {}, async () => {
    anew();
    const trustToken = await site.token();
    expect(await told({ trustToken, parallel: 1 })).toBe("");
    expect(await isTrusted()).toBe(true);
    const modes = [home(), join(home(), "client"), key()].map((path) => (statSync(path).mode & 0o777).toString(8));
    expect(modes).toEqual(["700", "700", "600"]);
    const made = fingerprint();
    // The token is used up now, and nobody minds.
    expect(await told({ trustToken, parallel: 2 })).toBe("");
    expect(await told({ parallel: 3 })).toBe("");
    expect(fingerprint()).toBe(made);
  });

  daemon.test("may be two at once with one token, of which both are let in", {}, async () => {
    // Which of them is the first, and how far the server is with it when the other one comes, is never the same.
    for (let round = 0; round < 10; round++) {
      anew();
      const trustToken = await site.token();
      const both = [0, 1].map((other) => told({ trustToken, parallel: 100 + 2 * round + other }));
      expect(await Promise.all(both)).toEqual(["", ""]);
    }
  });

  daemon.test("takes a token from the environment for the server that has made it, and for no other", {}, async () => {
    anew();
    const token = { env: { PULUMI_LXD_TRUST_TOKEN: await site.token() } };
    expect(await told({ ...token, parallel: 6 })).toBe("");
    expect(await isTrusted()).toBe(true);
    anew();
    const other = { env: { PULUMI_LXD_TRUST_TOKEN: await site.token({ addresses: ["192.0.2.1:8443"] }) } };
    expect(await told({ ...other, parallel: 7 })).toContain("there is no client certificate [permission-denied]");
    expect(existsSync(home())).toBe(false);
    expect(() => connect({ env: { PULUMI_LXD_TRUST_TOKEN: "x" } })).toThrow(
      "PULUMI_LXD_TRUST_TOKEN is not a valid trust token",
    );
  });

  daemon.test("whose key others can read, or cannot be kept, is told", {}, async () => {
    anew();
    const trustToken = await site.token();
    expect(await told({ trustToken, parallel: 8 })).toBe("");
    chmodSync(key(), 0o640);
    expect(() => connect({})).toThrow(`can read the client key ${key()} (its mode is 0640) [permission-denied]`);
    const nowhere = { PULUMI_LXD_HOME: "/dev/null/own" };
    expect(() => connect({ trustToken, env: nowhere })).toThrow(/which cannot be stored: .*\n.*`PULUMI_LXD_HOME`/);
  });

  daemon.test("that has lost its key is told why its token is refused", {}, async () => {
    anew();
    const trustToken = await site.token();
    expect(await told({ trustToken, parallel: 9 })).toBe("");
    anew();
    const lost = await told({ trustToken, parallel: 10 });
    expect(lost).toMatch(/enroll at https:.*\n.*A token is valid once.*\n.*its folder does not persist/);
    expect(lost).not.toContain(trustToken);
  });
});
