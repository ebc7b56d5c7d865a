// The screen of a golden image's builder, kept in a file when its installation fails.
import { mkdir, readdir, readFile, stat, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type EmbeddedDaemonOptions } from "../../../embedded";
import { clientOf, CUSTOM, isoHeaders, useEmbedded } from "../harness/embedded";
import { settle } from "../harness/operation";
import { StackResource } from "../harness/stack";
import { tinyIso } from "../harness/tiny-iso";
import { randomVersion } from "./site";

const withExtensions = ["instance_console_screenshot"];

describe("the screen of a golden image that failed", () => {
  const embedded = useEmbedded();
  let shared = "";

  beforeEach(async () => {
    shared = join(embedded.dir, "tmp");
    await mkdir(shared);
    vi.stubEnv("TMPDIR", shared);
  });
  afterEach(() => vi.unstubAllEnvs());

  /** What is said of an installer that hangs. */
  async function failed(options: Partial<EmbeddedDaemonOptions>): Promise<string> {
    const daemon = await embedded.start(options);
    const raw = clientOf(daemon);
    const family = options.server === "lxd" ? "X-LXD" : "X-Incus";
    const iso = tinyIso({ bootable: true, marker: "pulumi-lxd: hang" });
    expect(await settle(raw, await raw.post(CUSTOM, iso, isoHeaders("iso", family)))).toMatchObject({ ok: true });
    const resource = new StackResource("GoldenBuild", "screened", daemon.socket);
    const machine = { rootDisk: { pool: "default" }, firmware: "uefi", profiles: [] };
    const install = { timeout: "500ms", stableFor: "100ms" };
    const args = { version: randomVersion(), iso: { pool: "default", name: "iso" }, machine, install };
    return resource.up(args).then(
      () => "it was built",
      (error: unknown) => String(error),
    );
  }

  it("is a picture in a file that the error names", async () => {
    const said = await failed({ withExtensions });
    const file = /A screenshot is in (\S+\.png)\. /.exec(said)?.[1] ?? "";
    const picture = await readFile(file);
    // Nobody else may see what was typed.
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(file))).mode & 0o777).toBe(0o700);
    expect(file.startsWith(shared)).toBe(true);
    expect(picture.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
    expect(picture.subarray(12, 16).toString()).toBe("IHDR");
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([720, 400]);
    expect(picture.subarray(-8, -4).toString()).toBe("IEND");
    expect(said).toMatch(/phase install: waiting for powered-off: [^]*waiting for an answer[^]*\[timeout\]/);
  });

  it("does not follow what another user has put into the folder for temporary files", async () => {
    const elsewhere = join(embedded.dir, "elsewhere");
    await mkdir(elsewhere);
    await symlink(elsewhere, join(shared, "pulumi-lxd-screens"));
    const said = await failed({ withExtensions });
    const file = /A screenshot is in (\S+\.png)\. /.exec(said)?.[1] ?? "";
    expect(await readdir(elsewhere)).toEqual([]);
    expect((await readFile(file)).subarray(1, 4).toString()).toBe("PNG");
  });

  it("is said to be hidden, behind what is wrong, by a server that refuses", async () => {
    const said = await failed({ withExtensions, server: "lxd" });
    expect(said).toMatch(
      /phase install: waiting for powered-off: [^]*no screenshot is available: Instance is not container type \[timeout\]/,
    );
  });

  it("is not spoken of where servers have none", async () => {
    const said = await failed({});
    expect(said).toContain("waiting for an answer");
    expect(said).not.toMatch(/its screen/i);
  });
});
