// Secret values in texts: found in every form in which somebody may repeat them, and nothing else is taken away.
import { describe, expect, it } from "vitest";
import { Redactor } from "../../../provider/engine/secrets/redactor";
import { LxdError } from "../../../provider/base/errors";
import { unknown } from "../../../provider/kind/unknowns";

const secret = (value: unknown): Redactor => new Redactor([{ value, __secrets: [["value"]] }]);
const hidden = "[secret]";

describe("what is confidential", () => {
  it.each([
    ["as it is", "s3cret/pass", "is s3cret/pass", `is ${hidden}`],
    ["several times", "s3cret", "s3cret, s3cret", `${hidden}, ${hidden}`],
    ["as JSON", 'a"b\nc', 'got "a\\"b\\nc"', `got "${hidden}"`],
    ["in a URL", "p&ss w", "/x?q=p%26ss%20w", `/x?q=${hidden}`],
    ["in base64", "hello world", "is aGVsbG8gd29ybGQ=", `is ${hidden}=`],
    ["line by line", "#cloud-config\npassword: abc\n", "line 2: password: abc", `line 2: ${hidden}`],
    ["as a number", 918273, "pin 918273 is wrong", `pin ${hidden} is wrong`],
    [
      "anywhere in a structure",
      { a: ["one-secret"], b: { c: "two-secret" } },
      "one-secret two-secret",
      "[secret] [secret]",
    ],
    ["as the password of a URL", "https://me:pa55word@host/x", "Basic me:pa55word", `Basic me:${hidden}`],
    ["as the query of a URL", "https://host/x?token=abcd", "GET /x?token=abcd", `GET /x?${hidden}`],
    ["with the meaning that characters have in patterns", "a.c*(", "abc a.c*(", `abc ${hidden}`],
    ["with half of a character in it", "abc\ud800", "is abc\ud800", `is ${hidden}`],
    ["the longest first", { a: "abc", b: "abcdef" }, "abcdef", hidden],
    ["also where it is called secret itself", "secret", "a secret", `a ${hidden}`],
  ])("is hidden %s", (_, value, text, shown) => {
    expect(secret(value).redact(text)).toBe(shown);
  });

  it.each([
    ["too short to mean anything", "ab", "abc"],
    ["true", "true", "it is true"],
    ["unknown in a preview", unknown, `is ${unknown}`],
    ["absent", undefined, "nothing"],
  ])("is left alone where it is %s", (_, value, text) => {
    expect(secret(value).redact(text)).toBe(text);
  });

  it("is only what the program has called so", () => {
    const props = { config: { "user.a": "hide-me", "user.b": "show-me" }, list: ["first", "other"] };
    const paths = [
      ["config", "user.a"],
      ["list", 1],
      ["no", "such"],
    ];
    const text = "hide-me show-me first other";
    expect(new Redactor([{ ...props, __secrets: paths }]).redact(text)).toBe("[secret] show-me first [secret]");
    expect(new Redactor([props]).redact(text)).toBe(text);
  });

  it("is what the values were before, too", () => {
    const [old, now] = ["old-value", "new-value"].map((value) => ({ value, __secrets: [["value"]] }));
    expect(new Redactor([now ?? {}, old ?? {}]).redact("old-value new-value")).toBe("[secret] [secret]");
  });

  it("is every credential of a server, and nothing else of it", () => {
    const remote = {
      address: "host:8443",
      bearerToken: "bearer-1",
      trustToken: "trust-1",
      clientKey: "/home/me/client.key",
    };
    const config = { bearerToken: "bearer-2", clientKey: "-----BEGIN KEY-----\nMIIBVgIBADAN\n" };
    const text = "host:8443 bearer-1 trust-1 /home/me/client.key bearer-2 MIIBVgIBADAN";
    const shown = "host:8443 [secret] [secret] /home/me/client.key [secret] [secret]";
    expect(new Redactor([{ remote }], config).redact(text)).toBe(shown);
  });

  it("does no harm where a credential is of a wrong kind", () => {
    const props = { remote: { clientKey: 5, bearerToken: { a: "b" } } };
    expect(new Redactor([props, { remote: unknown }]).redact("5 is no key")).toBe("5 is no key");
  });

  it("is hidden in all parts of an error, whose cause stays behind", () => {
    const error = new LxdError({
      code: "failed",
      doing: "do it with hide-me",
      why: "hide-me is wrong",
      advice: "Try another than hide-me.",
      request: { method: "PUT", path: "/1.0/hide-me", status: 400 },
      cause: new Error("hide-me"),
    });
    const told = secret("hide-me").redactError(error);
    expect(told.message).toBe(
      "do it with [secret]: [secret] is wrong [failed] (PUT /1.0/[secret] → 400)\nTry another than [secret].",
    );
    expect([told.code, told.cause]).toEqual(["failed", undefined]);
    expect(secret("not-there").redactError(error)).toBe(error);
  });
});
