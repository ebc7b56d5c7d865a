// Signatures of checksum lists: what is valid of each kind, and everything that is not.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resolveChecksum } from "../../../../provider/content/url/resolve-checksum";
import { cosignSigner, minisignSigner, type OpenPgpSigner, openPgpSigner, rsaSigner, type Signer } from "./signers";

const digest = `sha256:${"ab".repeat(32)}`;
const list = `${"ab".repeat(32)}  a.iso\n${"cd".repeat(32)}  b.iso\n`;
const urls = ["https://nowhere.invalid/a.iso"];

let dir = "";
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "signatures-"));
});
afterAll(() => rmSync(dir, { recursive: true }));
let count = 0;
const put = (text: string | Buffer): string => {
  const path = join(dir, String(count++));
  writeFileSync(path, text);
  return path;
};
const resolve = (text: string, signature: string | Buffer | undefined, publicKey: string): Promise<string> =>
  resolveChecksum({ list: put(text), publicKey, ...(signature !== undefined && { signature: put(signature) }) }, urls);
const mismatch = (why: RegExp): unknown =>
  expect.objectContaining({ code: "content-mismatch", message: expect.stringMatching(why) as string });

const kinds: [string, () => Signer | Promise<Signer>][] = [
  ["OpenPGP", openPgpSigner],
  ["minisign", () => minisignSigner()],
  ["minisign without a hash", () => minisignSigner(true)],
  ["cosign", cosignSigner],
  ["RSA", rsaSigner],
];

describe.each(kinds)("a signature of %s", (_kind, make) => {
  let signer: Signer;
  let signature = "";
  beforeAll(async () => {
    signer = await make();
    signature = await signer.sign(Buffer.from(list));
  });

  it("is verified with the key as text, and in a file", async () => {
    expect(await resolve(list, signature, signer.publicKey)).toBe(digest);
    expect(await resolve(list, signature, put(signer.publicKey))).toBe(digest);
  });

  it("of another list is refused", async () => {
    const changed = resolve(list.replace("ab", "ee"), signature, signer.publicKey);
    await expect(changed).rejects.toThrow(mismatch(/look up the checksum in .*not valid: it does not match/));
  });

  it("of another key is refused", async () => {
    const other = await make();
    await expect(resolve(list, signature, other.publicKey)).rejects.toThrow(mismatch(/made by the key|does not match/));
  });

  it("that is missing, empty or a web page is refused", async () => {
    await expect(resolve(list, undefined, signer.publicKey)).rejects.toThrow(
      /does not contain a signature.*\n.*checksum.signature/,
    );
    await expect(resolve(list, "<html>not found</html>", signer.publicKey)).rejects.toThrow(
      /checksum.signature|not valid/,
    );
    await expect(resolve(list, "\n", signer.publicKey)).rejects.toThrow(/checksum.signature|not valid/);
  });
});

describe("OpenPGP", () => {
  let signer: OpenPgpSigner;
  beforeAll(async () => {
    signer = await openPgpSigner();
  });

  it("signs a list from within, of which only the signed part counts", async () => {
    const inline = await signer.signInline(list);
    expect(await resolve(inline, undefined, signer.publicKey)).toBe(digest);
    const forged = `${"ee".repeat(32)}  a.iso\n`;
    await expect(resolve(`${forged}${inline}`, undefined, signer.publicKey)).rejects.toThrow(
      /does not contain a signature/,
    );
    const after = resolve(`${inline}\n${forged}`, undefined, signer.publicKey).catch((error: unknown) => String(error));
    expect(await after).not.toContain("ee".repeat(32));
    await expect(resolve(inline.replace("ab", "ee"), undefined, signer.publicKey)).rejects.toThrow(
      mismatch(/does not match/),
    );
  });

  it("is verified with one of several keys, and one of several signatures", async () => {
    const other = await openPgpSigner();
    const signature = await signer.sign(Buffer.from(list));
    expect(await resolve(list, signature, `${other.publicKey}\n${signer.publicKey}`)).toBe(digest);
  });

  it("of a key that had expired when it signed, or did not exist yet, is refused", async () => {
    const expired = await openPgpSigner({
      keyExpiresAfterS: 3600,
      date: new Date(Date.now() - 2 * 86_400_000 + 60_000),
    });
    // Signed while the key was valid, which is still good.
    expect(await resolve(list, await expired.sign(Buffer.from(list)), expired.publicKey)).toBe(digest);
    const early = await openPgpSigner({ date: new Date(Date.now() + 86_400_000) });
    const future = resolve(list, await early.sign(Buffer.from(list)), early.publicKey);
    await expect(future).rejects.toThrow(mismatch(/not valid/));
  });
});

const gpg = spawnSync("gpg", ["--version"]).error === undefined;
it.skipIf(!gpg)(
  "of gpg is verified: armored, binary, from within, and with a keyring; an expired one is refused",
  async () => {
    const home = mkdtempSync(join(tmpdir(), "gnupg-"));
    const run = (args: string[], more: object = {}): Buffer =>
      execFileSync("gpg", ["--homedir", home, "--batch", "--passphrase", "", ...args], { stdio: "pipe", ...more });
    try {
      run(["--faked-system-time", "20200101T000000!", "--quick-gen-key", "p@example.org", "ed25519", "sign", "never"]);
      const keyring = put(run(["--export"]));
      const path = put(list);
      const signed = (...how: string[]): Buffer => {
        run([...how, "--output", `${path}.sig`, "--yes", path]);
        return readFileSync(`${path}.sig`);
      };
      expect(await resolve(list, signed("--detach-sign"), keyring)).toBe(digest);
      expect(await resolve(list, signed("--armor", "--detach-sign"), run(["--armor", "--export"]).toString())).toBe(
        digest,
      );
      expect(await resolve(signed("--clear-sign").toString(), undefined, keyring)).toBe(digest);
      const past = ["--faked-system-time", "20210101T000000!", "--default-sig-expire", "1d", "--detach-sign"];
      await expect(resolve(list, signed(...past), keyring)).rejects.toThrow(mismatch(/expired/));
    } finally {
      spawnSync("gpgconf", ["--homedir", home, "--kill", "all"]);
      rmSync(home, { recursive: true, force: true });
    }
  },
);

it("needs a key that is one", async () => {
  await expect(resolve(list, "x", put("hello"))).rejects.toThrow(/publicKey is not a public key of a known kind/);
  await expect(resolve(list, "x", join(dir, "absent"))).rejects.toThrow(/there is no file .*absent/);
  const onWeb = { list: put(list), publicKey: "https://example.org/key.asc" };
  await expect(resolveChecksum(onWeb, urls)).rejects.toThrow(/publicKey is a URL.*proves nothing/);
});
