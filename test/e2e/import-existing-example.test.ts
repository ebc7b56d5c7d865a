// The example that takes over what was made by hand: the daemon is as it was, before and after.
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { tinyImage } from "../contract/harness/tiny-image";
import { settle } from "../contract/harness/operation";
import { PulumiProject } from "./harness/project";
import { describeEachSite } from "./harness/site";

describeEachSite("the example of importing", (site) => {
  let project: PulumiProject;
  const query = `?project=${site.project}`;
  const instance = `/1.0/instances/server${query}`;
  const volume = `/1.0/storage-pools/default/volumes/custom/installer${query}`;
  let image = "";

  const post = async (path: string, body: object | Buffer, headers: Record<string, string> = {}): Promise<unknown> => {
    const { ok, error, metadata } = await settle(site.raw, await site.raw.post(`${path}${query}`, body, headers));
    if (!ok) throw new Error(error);
    return metadata;
  };
  const state = async (): Promise<unknown[]> =>
    Promise.all(
      [instance, volume, `/1.0/images/${image}${query}`].map(async (path) => (await site.raw.get(path)).body.metadata),
    );

  /** The same without the marks that say whose something is; `marks` gets these. */
  const unmarked = (value: unknown, marks: string[]): unknown =>
    JSON.parse(
      JSON.stringify(value, (key, inner: unknown) => {
        if (!/^user\.pulumi\.(owner|aliases|settings)/.test(key)) return inner;
        // The lists of the aliases that came with the import and of the settings are part of the claim.
        if (key.startsWith("user.pulumi.owner")) marks.push(String(inner));
        return undefined;
      }),
    );

  beforeAll(async () => {
    const config = { ...site.config, project: site.project, rootSize: "32MiB", memory: "256MiB", trustContent: "true" };
    project = await PulumiProject.create({ program: { example: "import-existing" }, config });
    const iso = await readFile(await site.makeIso(project.dir, "installer.iso", "by hand"));
    const octets = { "Content-Type": "application/octet-stream" };
    const named = { ...octets, "X-Incus-name": "installer", "X-Incus-type": "iso" };
    await post("/1.0/storage-pools/default/volumes/custom", iso, named);
    const uploaded = (await post("/1.0/images", tinyImage(), octets)) as { fingerprint: string };
    image = uploaded.fingerprint;
    await site.raw.post(`/1.0/images/aliases${query}`, { name: "base", target: image });
    await post("/1.0/instances", {
      name: "server",
      type: "virtual-machine",
      source: { type: "none" },
      config: { "limits.memory": "256MiB", "security.secureboot": "false" },
      devices: {
        root: { type: "disk", path: "/", pool: "default", size: "32MiB" },
        installer: { type: "disk", pool: "default", source: "installer", "boot.priority": "10" },
      },
    });
  }, 120_000);
  afterAll(() => project.dispose());

  it("tells what is otherwise, changes nothing, and owns everything from then on", async () => {
    const before = await state();
    await project.setConfig("memory", "512MiB");
    const wrong = await project.preview();
    expect(wrong.code).not.toBe(0);
    expect(wrong.stdout + wrong.stderr).toMatch(
      /limits\.memory[^]*is .*512MiB.* in the program and .*256MiB.* on the daemon/,
    );

    await project.setConfig("memory", "256MiB");
    const up = await project.up();
    expect(up.code, up.stdout + up.stderr).toBe(0);
    // An ISO volume can carry no mark; an instance shows its own in its expanded config, too.
    const marks: string[] = [];
    expect(unmarked(await state(), marks)).toEqual(before);
    expect(marks.map((urn) => urn.split("::").at(-2)?.split(":").at(-1)).sort()).toEqual([
      "Image",
      "Instance",
      "Instance",
    ]);
    const owned = await state();
    expect(await project.outputs()).toMatchObject({ fingerprint: image, status: "Stopped" });
    expect(await project.up({ expectNoChanges: true })).toMatchObject({ code: 0 });
    expect(await project.refresh({ expectNoChanges: true })).toMatchObject({ code: 0 });
    expect(await state()).toEqual(owned);
  }, 180_000);

  it("does not delete what is protected", async () => {
    const refused = await project.destroy();
    expect(refused.code).not.toBe(0);
    expect((await site.raw.get(instance)).status).toBe(200);
    await project.unprotect();
    const destroyed = await project.destroy();
    expect(destroyed.code, destroyed.stdout + destroyed.stderr).toBe(0);
    expect(await site.everything()).toEqual([]);
  }, 180_000);
});
