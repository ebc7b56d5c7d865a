// What a golden image's version is made of: the same files that the provider reads.
import * as pulumi from "@pulumi/pulumi";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { expandPath } from "../../../provider/content/local-file/file";
import { keeper } from "../../../sdk/golden-image/golden-keepers";
import { stepContent, toSteps } from "../../../sdk/golden-image/golden-steps";
import { localPath } from "../../../sdk/resource/local-path";

function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}

/** The keeper of the component for one file that is written into the guest. */
function keeperOf(file: string): Promise<string> {
  const steps = [{ files: { "/etc/setup": new pulumi.asset.FileAsset(file) } }];
  return valueOf(keeper(stepContent(toSteps(steps, "golden"))));
}

describe("the version of a golden image", () => {
  let home: string;
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), "golden-version-"));
    vi.stubEnv("HOME", home);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(home, { recursive: true });
  });

  it.each([
    ["an absolute path", () => join(home, "setup")],
    ["a path from the home folder", () => "~/setup"],
    ["a path relative to the program's folder", () => relative(process.cwd(), join(home, "setup"))],
  ])("changes with the bytes of a file at %s", async (_title, pathOf) => {
    await writeFile(join(home, "setup"), "one");
    const first = await keeperOf(pathOf());
    await writeFile(join(home, "setup"), "two");
    expect(await keeperOf(pathOf())).not.toBe(first);
    await writeFile(join(home, "setup"), "one");
    expect(await keeperOf(pathOf())).toBe(first);
  });

  it("names a local file as the provider does", () => {
    for (const path of ["~", "~/a", "~a", "a/b", "./a", "../a", "/a/../b", homedir()]) {
      expect(localPath(path)).toBe(expandPath(path));
    }
  });
});
