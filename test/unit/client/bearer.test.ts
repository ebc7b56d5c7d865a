// Tokens in place of certificates: bearer tokens, and the logins that the command lines keep for servers with OIDC.
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { clientFor } from "../../../provider/lxd/client/core/connections";
import { resolveCredentials } from "../../../provider/lxd/client/auth/credentials";
import { discover } from "../../../provider/lxd/client/discovery/discovery";
import { type RemoteInputs } from "../../../provider/lxd/client/discovery/location";
import { writeCliConfig } from "./cli-home";
import { type Front, front, refusal, serverInfo } from "./front";

let home = "";
let daemon: Front;
let issuer: Server;
/** Where the server says that logins are renewed. */
let issuerAddress = "";
let issued: { status: number; body: object };
let asked: string[] = [];
const good = "new-access";

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "pulumi-lxd-bearer-"));
  asked = [];
  issued = { status: 200, body: { access_token: good, refresh_token: "new-refresh", expires_in: 60 } };
  issuer = createServer((request, reply) => {
    const { port } = issuer.address() as AddressInfo;
    if (request.url === "/.well-known/openid-configuration") {
      reply.end(JSON.stringify({ token_endpoint: `http://127.0.0.1:${port}/token` }));
      return;
    }
    void text(request).then((body) => {
      asked.push(body);
      reply.writeHead(issued.status).end(JSON.stringify(issued.body));
    });
  });
  await new Promise<void>((resolve) => issuer.listen(0, "127.0.0.1", resolve));
  issuerAddress = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  daemon = await front((request, reply) => {
    const { authorization } = request.headers;
    if (authorization === `Bearer ${good}`) return reply.end(serverInfo(true));
    if (authorization === undefined) return reply.end(serverInfo(false));
    const login = { "X-Incus-OIDC-issuer": issuerAddress, "X-Incus-OIDC-clientid": "us" };
    return reply.writeHead(401, login).end(refusal(401, "token is expired"));
  });
});
afterEach(async () => {
  await daemon.close();
  issuer.closeAllConnections();
  issuer.close();
  rmSync(home, { recursive: true });
});

const client = (explicit: RemoteInputs) => {
  const env = { HOME: home, INCUS_GLOBAL_CONF: home, LXD_GLOBAL_CONF: home };
  return clientFor(resolveCredentials(discover({ explicit, env }), env));
};
const jwt = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln`;

describe("a bearer token", () => {
  const remote = (bearerToken: string) => ({
    address: daemon.address,
    serverCertificateFingerprint: daemon.fingerprint,
    bearerToken,
  });

  it("is sent with each request, and a line end that was pasted with it is not", async () => {
    expect(await client(remote(`${good}\n`)).info()).toMatchObject({ trusted: true });
    expect(daemon.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${good}`]);
  });

  it("that is refused is told without being shown", async () => {
    const refused = client(remote("wrong-token")).info();
    await expect(refused).rejects.toThrow(/does not accept the bearer token \[permission-denied\]\n.*lxd:bearerToken/);
    await expect(refused).rejects.not.toThrow("wrong-token");
    const old = client(remote(jwt({ exp: 1_600_000_000 }))).info();
    await expect(old).rejects.toThrow("the bearer token, which has expired (2020-09-13T12:26:40.000Z)");
  });

  it("that names its server is sent to no other", async () => {
    const token = jwt({ server_cert_fingerprint: "0".repeat(64) });
    const refused = client({ address: daemon.address, bearerToken: token }).info();
    await expect(refused).rejects.toThrow(`pinned is ${"0".repeat(64)}, by the bearer token`);
    expect(daemon.requests).toEqual([]);
  });
});

describe("a login of the command line", () => {
  const tokenFile = () => join(home, ".config/incus/oidctokens/sso.json");
  const login = (tokens?: object): void =>
    writeCliConfig(join(home, ".config/incus"), {
      remotes: { sso: { addr: daemon.address, auth_type: "oidc" } },
      files: {
        "servercerts/sso.crt": daemon.certificate.cert,
        ...(tokens && { "oidctokens/sso.json": JSON.stringify(tokens) }),
      },
    });
  const info = () => client({ name: "sso" }).info();

  it("is used", async () => {
    login({ access_token: good, token_type: "Bearer", IDToken: "theirs" });
    expect(await info()).toMatchObject({ trusted: true });
    expect(asked).toEqual([]);
  });

  it("is renewed when it has expired, and kept for the command line, for nobody else to read", async () => {
    login({ access_token: "old", refresh_token: "old-refresh", IDToken: "theirs" });
    expect(await info()).toMatchObject({ trusted: true });
    expect(asked).toEqual(["grant_type=refresh_token&refresh_token=old-refresh&client_id=us"]);
    const kept = JSON.parse(readFileSync(tokenFile(), "utf8")) as object;
    expect(kept).toMatchObject({ access_token: good, refresh_token: "new-refresh", IDToken: "theirs" });
    expect(statSync(tokenFile()).mode & 0o777).toBe(0o600);
  });

  it("is renewed once for requests side by side", async () => {
    login({ access_token: "old", refresh_token: "old-refresh" });
    const far = client({ name: "sso" });
    await Promise.all([far.text("/1.0"), far.text("/1.0"), far.text("/1.0")]);
    expect(asked).toHaveLength(1);
  });

  describe("behind a proxy", () => {
    let seen: string[] = [];
    let proxy: Server;
    beforeEach(async () => {
      seen = [];
      proxy = createServer((request, reply) => void (seen.push(request.url ?? ""), reply.writeHead(502).end()));
      proxy.on(
        "connect",
        (request, socket) => void (seen.push(request.url ?? ""), socket.end("HTTP/1.1 502 no\r\n\r\n")),
      );
      await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
      const { port } = proxy.address() as AddressInfo;
      for (const name of ["http_proxy", "https_proxy"]) vi.stubEnv(name, `http://127.0.0.1:${port}`);
      login({ access_token: "old", refresh_token: "old-refresh" });
      return () => {
        vi.unstubAllEnvs();
        proxy.closeAllConnections();
        proxy.close();
      };
    });

    it("is renewed without it where the issuer is on this machine", async () => {
      expect(await info()).toMatchObject({ trusted: true });
      expect(seen).toEqual([]);
    });

    it("is renewed through it, but for networks that NO_PROXY names", async () => {
      issuerAddress = "https://0.0.0.0:1";
      await expect(info()).rejects.toThrow("did not renew it");
      expect(seen).toEqual(["0.0.0.0:1"]);
      vi.stubEnv("NO_PROXY", "0.0.0.0/8");
      await expect(info()).rejects.toThrow(/did not renew it: .*ECONNREFUSED/);
      expect(seen).toHaveLength(1);
    });
  });

  it.each([
    ["that is not there", undefined, "no user is logged in to it"],
    ["that cannot be renewed", { access_token: "old" }, "the login has expired and cannot be renewed"],
    ["that is not renewed", { access_token: "old", refresh_token: "gone" }, "answered with status 400 (invalid_grant)"],
  ])("%s is told with the command that logs in", async (_what, tokens, why) => {
    login(tokens);
    issued = { status: 400, body: { error: "invalid_grant" } };
    await expect(info()).rejects.toThrow(why);
    await expect(info()).rejects.toThrow("Run `incus info sso:`, which logs in if needed.");
    await expect(info()).rejects.not.toThrow(/"?(old|gone)"?$/);
  });
});
