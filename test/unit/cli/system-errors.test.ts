// What the system answers, in words: no code of it alone, always with what to do.
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { explained } from "../../../cli/system-errors";
import { LxdError } from "../../../provider/base/errors";

function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

it("names what was tried, and where", async () => {
  const dir = mkdtempSync(join(tmpdir(), "pulumi-lxd-errors-"));
  expect(explained(thrown(() => mkdirSync(dir))).message).toBe(
    `make the folder ${dir}: something with that name already exists [already-exists]\nUse another path, or move it away.`,
  );
  expect(explained(thrown(() => openSync(join(dir, "a/b"), "w"))).message).toMatch(
    /^open \S+\/a\/b: there is no such /,
  );
  expect(explained(thrown(() => readFileSync(dir))).message).toMatch(/^read a file: that is a folder, not a file /);
  rmSync(dir, { recursive: true });
  const refused = await new Promise((resolve) => connect(1, "127.0.0.1").once("error", resolve));
  expect(explained(refused).message).toBe(
    "connect to 127.0.0.1:1: nothing listens there [unavailable]\nStart the daemon. `pulumi-lxd doctor` lists the places that are searched.",
  );
});

it("has words for every code of the system", () => {
  for (const [code, errno] of Object.entries(constants.errno)) {
    const error = Object.assign(new Error(`${code}: raw`), { code, errno: -errno, syscall: "open", path: "/x" });
    const { message, details } = explained(error);
    expect(message).toMatch(/^open \/x: /);
    expect(message).not.toContain("raw");
    expect(details.advice).toMatch(/\.$/);
  }
});

it("leaves other errors as they are", () => {
  const own = new LxdError({ code: "failed", why: "why" });
  expect(explained(own)).toBe(own);
  expect(explained(new Error("plain")).details.why).toBe("plain");
});
