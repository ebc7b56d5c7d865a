// What is understood as a checksum, and what is said about what is not.
import { describe, expect, it } from "vitest";
import { parseChecksum } from "../../../../provider/content/url/checksum";

const hex256 = "0123456789abcdef".repeat(4);
const hex512 = hex256.repeat(2);

describe("parseChecksum", () => {
  it.each([
    [`sha256:${hex256}`, `sha256:${hex256}`],
    [`SHA256:${hex256.toUpperCase()}`, `sha256:${hex256}`],
    [` sha512:${hex512}\n`, `sha512:${hex512}`],
  ])("takes the value %s", (text, digest) => {
    expect(parseChecksum(text)).toEqual({ kind: "value", digest });
  });

  it.each([
    ["https://example.org/SHA256SUMS", "https://example.org/SHA256SUMS"],
    ["file:https://example.org/SHA256SUMS", "https://example.org/SHA256SUMS"],
  ])("takes the list on a server %s", (text, href) => {
    expect(parseChecksum(text)).toMatchObject({ kind: "list-url", url: { href } });
  });

  it.each([
    ["./SHA256SUMS", "./SHA256SUMS"],
    ["SHA256SUMS", "SHA256SUMS"],
    ["~/Downloads/CHECKSUM", "~/Downloads/CHECKSUM"],
    ["file:./SHA256SUMS", "./SHA256SUMS"],
    ["file:///srv/a%20b/SHA256SUMS", "/srv/a b/SHA256SUMS"],
    ["C:\\isos\\SHA256SUMS", "C:\\isos\\SHA256SUMS"],
  ])("takes the local list %s", (text, path) => {
    expect(parseChecksum(text)).toEqual({ kind: "list-path", path });
  });

  it.each([
    [`sha256:${hex256.slice(1)}`, "the sha256 checksum has 63 hex digits instead of 64"],
    [`sha512:${hex256}`, "the sha512 checksum has 64 hex digits instead of 128"],
    [`sha256:${hex256.slice(1)}g`, "characters that are not hex digits"],
    ["sha256:", "0 hex digits instead of 64"],
    ["md5:d41d8cd98f00b204e9800998ecf8427e", "md5 is not accepted as a checksum"],
    ["sha1:da39a3ee5e6b4b0d3255bfef95601890afd80709", "sha1 is not accepted as a checksum"],
    [hex256, `Write sha256:${hex256}.`],
    [hex512, `Write sha512:${hex512}.`],
    ["", "the checksum is empty"],
    ["http://example.org/SHA256SUMS", "gives no protection"],
    ["ftp://example.org/SHA256SUMS", "ftp:// is not supported"],
  ])("refuses %s", (text, why) => {
    expect(() => parseChecksum(text)).toThrow(why);
    expect(() => parseChecksum(text)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  });

  it("refuses to go without, and says why", () => {
    expect(() => parseChecksum(undefined)).toThrow(/would go unnoticed.*\n.*SHA256SUMS/);
  });
});
