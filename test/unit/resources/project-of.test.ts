// Which project a resource is in, if it does not say so itself.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { projectOf } from "../../../provider/resources/shared/common";
import { unknown } from "../../../provider/kind/unknowns";
import { writeCliConfig } from "../client/cli-home";

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "pulumi-lxd-project-"));
  writeCliConfig(home, {
    remotes: { shop: { addr: "https://shop", project: "of-shop" }, bare: { addr: "https://bare" } },
  });
  for (const name of ["INCUS_SOCKET", "INCUS_DIR", "INCUS_REMOTE", "LXD_SOCKET", "LXD_DIR", "LXC_REMOTE"])
    vi.stubEnv(name, "");
  vi.stubEnv("INCUS_CONF", home);
  vi.stubEnv("INCUS_SOCKET", "/is");
  vi.stubEnv("INCUS_PROJECT", "of-variable");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

it("is the first that is said: by its remote, the stack's config, the place that names the stack's server", () => {
  const config = { project: "of-stack", remote: "shop" };
  expect(projectOf({ project: "own", remote: { project: "of-remote" } }, config)).toBe("own");
  expect(projectOf({ remote: { name: "bare", project: "of-remote" } }, config)).toBe("of-remote");
  expect(projectOf({ remote: { name: "shop" } }, config)).toBe("of-shop");
  expect(projectOf({ remote: { name: "bare" } }, config)).toBe("of-stack");
  expect(projectOf({}, config)).toBe("of-stack");
  expect(projectOf({}, { remote: "shop" })).toBe("of-shop");
  expect(projectOf({}, {})).toBe("of-variable");
});

it("is not that of another server, and is `default` if nobody says any", () => {
  expect(projectOf({ remote: { socket: "/other" } }, { remote: "shop" })).toBe("default");
  expect(projectOf({ remote: { address: "https://other" } }, {})).toBe("default");
  vi.stubEnv("INCUS_PROJECT", "");
  expect(projectOf({}, {})).toBe("default");
});

it("is the stack's as long as the remote is not known", () => {
  expect(projectOf({ remote: unknown as never }, { project: "of-stack" })).toBe("of-stack");
  expect(projectOf({ remote: { name: unknown } }, {})).toBe("default");
});
