// Servers that the daemons' own command lines know: added by them, found by us.
import { execFile, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { clientFor } from "../../../provider/lxd/client/core/connections";
import { resolveCredentials } from "../../../provider/lxd/client/auth/credentials";
import { discover } from "../../../provider/lxd/client/discovery/discovery";
import { type RemoteInputs } from "../../../provider/lxd/client/discovery/location";
import { describeEachDaemon } from "../harness";
import { useHttps } from "./https-site";

const run = promisify(execFile);

describeEachDaemon("a remote of the command line", (daemon) => {
  const site = useHttps(daemon);
  const cli = daemon.product === "incus" ? "incus" : "lxc";
  const noCli = (): string | undefined =>
    spawnSync(cli, ["--version"]).error === undefined ? undefined : `the client ${cli} is not installed`;
  const needs = { missing: () => site.missing() ?? noCli() };
  const folder = (): string => join(site.dir, "cli");
  const file = (): string => join(folder(), "config.yml");
  const env = () => ({ HOME: site.dir, [cli === "incus" ? "INCUS_CONF" : "LXD_CONF"]: folder() });

  const info = (explicit: RemoteInputs) =>
    clientFor(resolveCredentials(discover({ explicit, env: env() }), env())).info();
  const add = async (name: string): Promise<void> => {
    const token = ["--accept-certificate", cli === "incus" ? "--token" : "--password", await site.token()];
    await run(cli, ["remote", "add", name, `https://${site.address}`, ...token], { env: { ...process.env, ...env() } });
  };
  const rewrite = (change: (text: string) => string): void =>
    writeFileSync(file(), change(readFileSync(file(), "utf8")));

  daemon.test("is used as the command line uses it", needs, async () => {
    await add("far");
    expect(await info({ name: "far" })).toMatchObject({ fingerprint: site.fingerprint, trusted: true });
    expect(await info({ name: `${cli}:far` })).toMatchObject({ fingerprint: site.fingerprint });
    const { stdout } = await run(cli, ["remote", "list", "--format", "csv"], { env: { ...process.env, ...env() } });
    expect(stdout).toContain(`far,https://${site.address}`);
  });

  daemon.test("may have other members of the cluster that are down", needs, async () => {
    await add("several");
    rewrite((text) =>
      text.replace(`addr: https://${site.address}`, `addr: https://127.0.0.1:1,https://${site.address}`),
    );
    expect(await info({ name: "several" })).toMatchObject({ fingerprint: site.fingerprint });
  });

  daemon.test("whose server has another certificate than when it was added is refused", needs, async () => {
    await add("renewed");
    const pin = join(folder(), "servercerts/renewed.crt");
    writeFileSync(pin, site.client.cert);
    const refused = info({ name: "renewed" });
    await expect(refused).rejects.toThrow(`pinned is ${site.clientFingerprint}, by ${pin}`);
    await expect(refused).rejects.toThrow(`its fingerprint is ${site.fingerprint}`);
    await expect(info({ name: "renewed", serverCertificateFingerprint: site.fingerprint })).resolves.toBeDefined();
  });

  daemon.test("that is unknown is told with the nearest one", needs, async () => {
    await add("production");
    expect(() => discover({ explicit: { name: "prodcution" }, env: env() })).toThrow('did you mean "production"?');
    expect(() => discover({ explicit: { name: "images" }, env: env() })).toThrow("is an image server");
  });
});
