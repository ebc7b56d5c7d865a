// Servers that a CA vouches for: one of the user's own, for the names that the certificate has.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientFor } from "../../../provider/lxd/client/core/connections";
import { resolveCredentials } from "../../../provider/lxd/client/auth/credentials";
import { discover } from "../../../provider/lxd/client/discovery/discovery";
import { selfSigned } from "../content/url/certificate";
import { type Front, front, serverInfo } from "./front";

let server: Front;
let home = "";
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "pulumi-lxd-authority-"));
  server = await front((_request, reply) => reply.end(serverInfo(true)));
});
afterAll(async () => {
  await server.close();
  rmSync(home, { recursive: true });
});

const env = () => ({ HOME: home, INCUS_GLOBAL_CONF: home, LXD_GLOBAL_CONF: home });
const info = (certificateAuthority: string | undefined, address = server.address) =>
  clientFor(resolveCredentials(discover({ explicit: { address, certificateAuthority }, env: env() }), env())).info();

describe("certificateAuthority", () => {
  it("vouches for a server, as PEM and as a path", async () => {
    expect(await info(server.certificate.cert)).toMatchObject({ trusted: true });
    writeFileSync(join(home, "ca.crt"), server.certificate.cert);
    expect(await info(join(home, "ca.crt"))).toMatchObject({ trusted: true });
  });

  it("vouches for no other server, nor for one under a name that its certificate has not", async () => {
    await expect(info(selfSigned().cert)).rejects.toThrow(
      /is not trusted \([A-Z_]+\); its fingerprint is [0-9a-f]{64} \[perm/,
    );
    const { certificate } = server;
    const misnamed = await front((_request, reply) => reply.end(serverInfo(true)), { certificate, host: "127.0.0.2" });
    const refused = info(certificate.cert, misnamed.address);
    await expect(refused).rejects.toThrow("is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)");
    await misnamed.close();
    expect(misnamed.requests).toEqual([]);
    await expect(info(undefined)).rejects.toThrow(/is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
  });

  it("that is none is told", () => {
    expect(() => info("/nowhere")).toThrow("certificateAuthority is neither PEM nor the path of a file");
  });
});
