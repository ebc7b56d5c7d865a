// A small OIDC issuer on loopback: what a daemon asks it for to verify access tokens, and the renewal of them.
import { generateKeyPairSync, sign } from "node:crypto";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface Issuer {
  url: string;
  clientId: string;
  /** Forms that were sent to renew a login. */
  asked: string[];
  /** Refresh tokens that are worth something. */
  refreshTokens: Set<string>;
  /** An access token for somebody, which ends so many seconds from now. */
  accessToken: (email: string, seconds: number) => string;
  close: () => Promise<void>;
}

export async function startIssuer(): Promise<Issuer> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const kid = "k";
  const clientId = "pulumi-lxd-tests";
  const asked: string[] = [];
  const refreshTokens = new Set<string>();
  const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const accessToken = (email: string, seconds: number): string => {
    const now = Math.floor(Date.now() / 1000);
    const who = { iss: url, sub: email, email, aud: [clientId], client_id: clientId };
    const body = `${encoded({ alg: "RS256", kid })}.${encoded({ ...who, iat: now - 3600, exp: now + seconds })}`;
    return `${body}.${sign("sha256", Buffer.from(body), privateKey).toString("base64url")}`;
  };
  const renewed = (form: string): object | undefined => {
    asked.push(form);
    const isGood = refreshTokens.delete(new URLSearchParams(form).get("refresh_token") ?? "");
    return isGood
      ? { access_token: accessToken("renewed@example.org", 300), refresh_token: "next", expires_in: 300 }
      : undefined;
  };
  const documents: Record<string, () => object> = {
    "/.well-known/openid-configuration": () => ({
      issuer: url,
      jwks_uri: `${url}/keys`,
      authorization_endpoint: `${url}/authorize`,
      device_authorization_endpoint: `${url}/device`,
      token_endpoint: `${url}/token`,
    }),
    "/keys": () => ({ keys: [{ ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" }] }),
  };
  const server = createServer((request, reply) => {
    void text(request).then((form) => {
      const document = request.url === "/token" ? renewed(form) : documents[request.url ?? ""]?.();
      reply.writeHead(document === undefined ? 400 : 200, { "Content-Type": "application/json" });
      reply.end(JSON.stringify(document ?? { error: "invalid_grant" }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url, clientId, asked, refreshTokens, accessToken, close };
}
