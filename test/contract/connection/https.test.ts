// Daemons over HTTPS: who the server is, whether it trusts the client, and that keys and tokens stay secret.
import { join } from "node:path";
import { expect } from "vitest";
import { IsoVolume } from "../../../provider";
import { resetRunRegistry } from "../../../provider/engine/run-registry";
import { LxdError } from "../../../provider/base/errors";
import { serializedProvider } from "../../../sdk/resource/resource";
import { selfSigned } from "../../unit/content/url/certificate";
import { describeEachDaemon, writeTinyIso } from "../harness";
import { useHttps } from "./https-site";

describeEachDaemon("HTTPS", (daemon) => {
  const site = useHttps(daemon);
  const needs = { missing: site.missing };
  const pinned = () => ({ serverCertificateFingerprint: site.fingerprint });

  daemon.test("an unknown server is refused with its fingerprint and the setting that accepts it", needs, async () => {
    await site.trust();
    const text = await site.told({});
    expect(text).toContain(`pulumi config set lxd:serverCertificateFingerprint ${site.fingerprint}`);
  });

  daemon.test("another server than the pinned one is refused, with both fingerprints", needs, async () => {
    await site.trust();
    const other = "0".repeat(64);
    const text = await site.told({ serverCertificateFingerprint: other });
    expect(text).toContain(`pinned is ${other}, by serverCertificateFingerprint`);
    expect(text).toContain(`its fingerprint is ${site.fingerprint}`);
  });

  daemon.test("a server that does not trust the client is told, and the key is not shown", needs, async () => {
    const text = await site.told(pinned());
    expect(text).toContain(`does not trust this client's certificate ${site.clientFingerprint} [permission-denied]`);
    expect(text).not.toContain("PRIVATE KEY");
  });

  daemon.test("an expired certificate of the client is told as such", needs, async () => {
    const old = selfSigned({ until: new Date("2021-02-03T04:05:06Z") });
    const text = await site.told({ ...pinned(), clientCertificate: old.cert, clientKey: old.key });
    expect(text).toContain(", which has expired (2021-02-03T04:05:06.000Z) [permission-denied]");
  });

  const isos = { ...needs, needs: ["custom_volume_iso"] };
  daemon.test("a volume is made, read and deleted through it", isos, async () => {
    await site.trust();
    await writeTinyIso(join(site.dir, "x.iso"), { marker: daemon.prefix });
    const provider = IsoVolume();
    const name = daemon.name("far");
    const { cert, key } = site.client;
    const remote = { address: site.address, clientCertificate: cert, clientKey: key, ...pinned() };
    const source = { file: join(site.dir, "x.iso") };
    const __urn = `urn:pulumi:test::https::x::${name}`;
    const __provider = serializedProvider("IsoVolume");
    const { inputs, failures } = await provider.check({}, { pool: "default", name, source, remote, __urn, __provider });
    expect(failures).toEqual([]);
    const { id, outs } = await provider.create({ ...inputs, __provider });
    const volume = `/1.0/storage-pools/default/volumes/custom/${name}`;
    expect((await daemon.raw.get(volume)).body.metadata).toMatchObject({ content_type: "iso" });
    expect((await provider.read(id, outs)).id).toBe(id);
    // A run never deletes what it has made.
    resetRunRegistry();
    await provider.delete(id, outs);
    expect((await daemon.raw.get(volume)).status).toBe(404);
  });

  daemon.test("a trust token enrols the client once, and pins the server", needs, async () => {
    const trustToken = await site.token();
    expect(await site.told({ trustToken })).toBe("");
    expect(await site.isTrusted()).toBe(true);
    expect(await site.told({ trustToken })).toBe("");
  });

  daemon.test(
    "a token of the stack lets in to a server that a resource names, if it is of that one",
    needs,
    async () => {
      const trustToken = await site.token();
      expect(await site.told({ address: "elsewhere", trustToken }, { address: site.address })).toBe("");
      const text = await site.told({ trustToken }, { address: "127.0.0.1:1", ...pinned() });
      expect(text).toContain("no daemon answers at https://127.0.0.1:1");
    },
  );

  daemon.test(
    "a token that is spent, wrong, expired or of another server is told without showing it",
    needs,
    async () => {
      const spent = await site.token();
      await site.told({ trustToken: spent });
      await site.forget();
      // Another spelling of the same settings, so that nothing remembers that it was trusted.
      const again = { trustToken: spent, clientKey: `${site.client.key}\n` };
      const text = await site.told(again);
      expect(text).toMatch(/enroll at https:.*\n.*A token is valid once/);
      expect(text).not.toContain(spent);
      expect(await site.told({ trustToken: "nonsense" })).toContain("is not a valid trust token");
      expect(await site.told({ trustToken: spent, address: "127.0.0.1:1" })).toContain("is for a server at");
      const expired = await site.token({ expires_at: "2021-02-03T04:05:06Z" });
      expect(await site.told({ trustToken: expired })).toContain("has expired, on 2021-02-03T04:05:06.000Z");
      const endless = await site.token({ expires_at: "0001-01-01T00:00:00Z" });
      expect(await site.told({ trustToken: endless })).toBe("");
    },
  );

  daemon.test("a token whose fingerprint is not the server's is not spent", needs, async () => {
    const trustToken = await site.token({ fingerprint: "0".repeat(64) });
    const text = await site.told({ trustToken });
    expect(text).toContain(`pinned is ${"0".repeat(64)}, by the trust token`);
    expect(text).toContain(site.fingerprint);
    expect(await site.told({ trustToken, ...pinned() })).toContain("the trust token was issued by the server 000");
    expect(await site.isTrusted()).toBe(false);
  });

  daemon.test("what is wrong with the settings is told", needs, async () => {
    const other = selfSigned();
    expect(() => site.connect({ address: "ftp://x" })).toThrow("is not a valid server address");
    expect(() => site.connect({ clientKey: "/nowhere" })).toThrow("clientKey is neither PEM nor the path");
    expect(() => site.connect({ clientKey: other.key })).toThrow("does not match the client certificate");
    expect(() => site.connect({ clientKey: other.cert })).toThrow("is not a private key");
    expect(() => site.connect({ clientCertificate: other.key })).toThrow("is not a certificate");
    expect(() => site.connect({ serverCertificateFingerprint: "xyz" })).toThrow("64 hexadecimal digits");
    expect(() => site.connect({ clientKey: undefined })).toThrow(LxdError);
    const nobody = await site.told({ address: "127.0.0.1:1", ...pinned() });
    expect(nobody).toContain("no daemon answers at https://127.0.0.1:1");
  });

  daemon.test("of a resource's own remote, the advice is about that, and works to the letter", needs, async () => {
    await site.trust();
    const remote = { address: site.address };
    const text = await site.told({}, remote);
    expect(text).not.toContain("pulumi config set");
    const [, setting = ""] =
      /write (serverCertificateFingerprint: "[0-9a-f]{64}") in the resource's `remote`/.exec(text) ?? [];
    const [key = "", value = ""] = setting.split(": ");
    expect(await site.told({}, { ...remote, [key]: JSON.parse(value) as string })).toBe("");
    // The stack's pin is of the stack's server.
    expect(await site.told(pinned(), remote)).toBe(text);
  });
});
