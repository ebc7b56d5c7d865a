// Logins of the command line at a real daemon with OIDC: its access token lets in, and is renewed when it has expired.
import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect } from "vitest";
import * as z from "zod";
import { clientFor } from "../../../provider/lxd/client/core/connections";
import { resolveCredentials } from "../../../provider/lxd/client/auth/credentials";
import { discover } from "../../../provider/lxd/client/discovery/discovery";
import { writeCliConfig } from "../../unit/client/cli-home";
import { describeEachDaemon, textAt } from "../harness";
import { useHttps } from "./https-site";
import { type Issuer, startIssuer } from "./issuer";

describeEachDaemon({ name: "a login with OIDC", on: ["incus"] }, (daemon) => {
  const site = useHttps(daemon);
  let issuer: Issuer;
  let certificate = "";
  // Nobody else notices: a daemon looks at these only when a client shows a bearer token.
  const configure = (config: Record<string, string>): Promise<unknown> => daemon.raw.patch("/1.0", { config });
  beforeAll(async () => {
    issuer = await startIssuer();
    await configure({ "oidc.issuer": issuer.url, "oidc.client.id": issuer.clientId, "oidc.audience": issuer.clientId });
    certificate = textAt((await daemon.raw.get("/1.0")).body.metadata, "environment", "certificate");
  });
  afterAll(async () => {
    await configure({ "oidc.issuer": "", "oidc.client.id": "", "oidc.audience": "" });
    await issuer.close();
  });

  /** A remote that the command line has, with what it holds of a login. */
  const loggedIn = (name: string, tokens: object): Record<string, string> => {
    const folder = join(site.dir, name);
    const remotes = { [name]: { addr: `https://${site.address}`, auth_type: "oidc", protocol: "incus" } };
    const files = { [`servercerts/${name}.crt`]: certificate, [`oidctokens/${name}.json`]: JSON.stringify(tokens) };
    writeCliConfig(folder, { remotes, files });
    return { HOME: site.dir, INCUS_CONF: folder, INCUS_GLOBAL_CONF: "/nowhere" };
  };
  const whoami = z.object({ auth: z.string(), auth_user_name: z.string(), auth_user_method: z.string() });
  const met = async (name: string, tokens: object): Promise<unknown> => {
    const env = loggedIn(name, tokens);
    const client = clientFor(resolveCredentials(discover({ explicit: { name }, env }), env));
    expect(await client.info()).toMatchObject({ trusted: true });
    return (await client.get("/1.0", whoami)).value;
  };
  const as = (email: string): object => ({ auth: "trusted", auth_user_name: email, auth_user_method: "oidc" });

  daemon.test("lets in, as the user of the token", {}, async () => {
    const tokens = { access_token: issuer.accessToken("me@example.org", 300), token_type: "Bearer" };
    expect(await met("held", tokens)).toEqual(as("me@example.org"));
    expect(issuer.asked).toEqual([]);
  });

  const noCli = (): string | undefined =>
    spawnSync("incus", ["--version"]).error === undefined ? undefined : "the client incus is not installed";
  daemon.test("that has expired is renewed, for the command line too", { missing: noCli }, async () => {
    issuer.refreshTokens.add("first");
    const tokens = {
      access_token: issuer.accessToken("me@example.org", -60),
      refresh_token: "first",
      token_type: "Bearer",
    };
    expect(await met("old", tokens)).toEqual(as("renewed@example.org"));
    const kept = readFileSync(join(site.dir, "old/oidctokens/old.json"), "utf8");
    expect(JSON.parse(kept)).toMatchObject({ refresh_token: "next" });
    const env = { ...process.env, INCUS_CONF: join(site.dir, "old") };
    const { stdout } = await promisify(execFile)("incus", ["query", "old:/1.0"], { env });
    expect(JSON.parse(stdout)).toMatchObject(as("renewed@example.org"));
  });

  daemon.test("that has expired for good is told with the command that logs in", {}, async () => {
    const access_token = issuer.accessToken("me@example.org", -60);
    const again = "Run `incus info gone:`, which logs in if needed.";
    await expect(met("gone", { access_token, refresh_token: "worthless" })).rejects.toThrow(
      /the login has expired, and http\S+ did not renew it: \S+\/token answered with status 400 \(invalid_grant\)/,
    );
    await expect(met("gone", { access_token })).rejects.toThrow(again);
  });
});
