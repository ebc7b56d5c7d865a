// A host name that does not exist: said in words, with what to check, and not tried again.
import { expect, it } from "vitest";
import { networkFailure } from "../../../../provider/content/url/failure";

const cause = (hostname: string, code: string): Error =>
  Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), { code, hostname });

it("is final, and names the host", () => {
  const { error, isFinal } = networkFailure(
    new URL("https://nohost.invalid/a.iso"),
    cause("nohost.invalid", "ENOTFOUND"),
  );
  expect(error.message).toMatch(
    /^the host name nohost\.invalid does not resolve \[unavailable\] .*\nCheck the URL, the name/,
  );
  expect(isFinal).toBe(true);
});

it("names the proxy if that is the host which does not exist", () => {
  const { error } = networkFailure(new URL("https://example.org/a.iso"), cause("proxy.invalid", "ENOTFOUND"));
  expect(error.message).toContain("the host name proxy.invalid does not resolve");
});

it("is another matter than a name service that does not answer", () => {
  expect(networkFailure(new URL("https://example.org/a.iso"), cause("example.org", "EAI_AGAIN")).isFinal).toBe(false);
});
