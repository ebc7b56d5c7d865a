// Both formats of checksum lists, and how the entry of a file is found in them.
import { describe, expect, it } from "vitest";
import { findInList, parseChecksumList } from "../../../../provider/content/url/checksum-list";

const a = "a".repeat(64);
const b = "b".repeat(64);
const long = "c".repeat(128);

const find = (list: string, path: string) => findInList(parseChecksumList(list), path.split("/"));

describe("a checksum list", () => {
  it.each([
    ["GNU, text", `${b}  other.iso\n${a}  x.iso\n`],
    ["GNU, binary", `${b} *other.iso\r\n${a} *x.iso\r\n`],
    ["GNU, upper case", `${b.toUpperCase()}  other.iso\n${a.toUpperCase()}  x.iso`],
    ["GNU, in a folder", `${b}  ./other.iso\n${a}  ./x.iso\n`],
    ["BSD", `# a comment\nSHA256 (other.iso) = ${b}\nSHA256 (x.iso) = ${a}\n`],
    ["BSD in folders", `SHA256 (dir/x.iso) = ${a}\n`],
    ["OpenSSL", `SHA2-256(x.iso)= ${a}\n`],
    ["one bare checksum", `${a}\n`],
    ["with a byte order mark", `\uFEFF${a}  x.iso\n`],
    ["with weaker algorithms", `${"d".repeat(32)}  x.iso\nMD5 (x.iso) = ${"d".repeat(32)}\n${a}  x.iso\n`],
    ["the same twice", `${a}  x.iso\n${a}  x.iso\n`],
  ])("is read: %s", (_, list) => {
    expect(find(list, "pub/x.iso")).toBe(`sha256:${a}`);
  });

  it("is read inside a PGP frame, whose signature is not verified", () => {
    const signed = `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${a} *x.iso\n-----BEGIN PGP SIGNATURE-----\n\n${"iQ".repeat(32)}\n=abcd\n-----END PGP SIGNATURE-----\n`;
    expect(find(signed, "x.iso")).toBe(`sha256:${a}`);
  });

  it("gives SHA-512 where there is nothing else, else SHA-256", () => {
    expect(find(`${long}  x.iso`, "x.iso")).toBe(`sha512:${long}`);
    expect(find(`SHA512 (x.iso) = ${long}\nSHA256 (x.iso) = ${a}`, "x.iso")).toBe(`sha256:${a}`);
  });

  it("does not take a SHA-256 line whose digits are those of another algorithm", () => {
    expect(() => find(`SHA256 (x.iso) = ${long}`, "x.iso")).toThrow("no SHA-256 or SHA-512 checksum");
  });

  it("undoes the escapes of coreutils", () => {
    expect(find(`\\${a}  with\\\\slash\\n.iso`, "with\\slash\n.iso".replace("\\", "/"))).toBe(`sha256:${a}`);
  });

  it("prefers the entry that shares most of the URL's path", () => {
    const list = `${b}  ./gtk/mini.iso\n${a}  ./netboot/mini.iso\n`;
    expect(find(list, "debian/images/netboot/mini.iso")).toBe(`sha256:${a}`);
    expect(find(`${b}  old/x.iso\n${a}  x.iso\n`, "pub/x.iso")).toBe(`sha256:${a}`);
  });

  it("refuses to choose between different checksums", () => {
    const list = `${b}  one/x.iso\n${a}  two/x.iso\n`;
    expect(() => find(list, "pub/x.iso")).toThrow(/several entries for "x.iso".*"one\/x.iso", "two\/x.iso"/);
  });

  it("names what there is when the file is not in it", () => {
    const list = Array.from({ length: 12 }, (_, i) => `${a}  n${i}.iso`).join("\n");
    expect(() => find(list, "x.iso")).toThrow(/no entry "x.iso"; there are "n0.iso", .*"n9.iso" and 2 more/);
    expect(() => find(`${a}  xx.iso\n`, "x.iso")).toThrow('no entry "x.iso"; there are "xx.iso"');
  });

  it("says so when it is no list at all", () => {
    expect(() => find("<html>not here</html>", "x.iso")).toThrow("no SHA-256 or SHA-512 checksum in a known format");
  });
});
