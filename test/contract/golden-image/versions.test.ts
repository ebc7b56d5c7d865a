// Versions of a golden image that are live, another stack's, or left over: what stays and what goes. No machine is needed.
import { expect } from "vitest";
import { describePublishing, type Published } from "./publishing";
import { type RawImage } from "./site";

describePublishing("versions of golden images", (site) => {
  const needs = ["custom_volume_iso"];
  const unnamed = { image: { aliases: [] } };

  /** Built on the daemon under test itself. */
  const golden = (): Published => site.golden({}, site.target);
  const images = ({ name }: Published): Promise<RawImage[]> => site.target.images(`${name}-`);
  const fingerprints = async (of: Published): Promise<string[]> =>
    (await images(of)).map(({ fingerprint }) => fingerprint);
  const liveOf = ({ resource }: Published): string => String(resource.outputs["fingerprint"]);

  async function twoVersions(): Promise<Published> {
    const it = golden();
    await it.built();
    await it.resource.up(it.args([]));
    await it.rebuilt();
    expect(await it.resource.up(it.args([]))).toBe("replaced");
    expect(await images(it)).toHaveLength(2);
    return it;
  }

  for (const keep of [1, 2]) {
    site.daemon.test(`that were changed and changed back stay, with keep: ${keep} in between`, { needs }, async () => {
      const it = golden();
      await it.built();
      const one = it.args([], { ...unnamed, keep: 1 });
      await it.resource.up({ ...one, keep });
      const live = liveOf(it);
      await it.rebuilt();
      // With keep: 1 another resource fails, so that Pulumi does not come to its deletes.
      const run = { fails: keep === 1 };
      expect(await it.resource.up(it.args([], { ...unnamed, keep }), run)).toBe("replaced");
      expect(await it.resource.up(one)).toBe("replaced");
      expect(await fingerprints(it)).toEqual([live]);
      expect(await it.resource.up(one)).toBe("same");
      await it.resource.destroy();
      expect(await images(it)).toEqual([]);
    });
  }

  site.daemon.test(
    "are all there after --replace without a change, also when another resource fails",
    { needs },
    async () => {
      const it = await twoVersions();
      const before = await images(it);
      const args = it.args([]);
      await it.resource.replace(args);
      expect(await images(it)).toEqual(before);
      await it.resource.replace(args, { fails: true });
      expect(await it.resource.up(args)).toBe("same");
      expect(await images(it)).toEqual(before);
      expect(await site.target.target(it.alias)).toBe(liveOf(it));
      await it.resource.destroy();
      expect(await images(it)).toEqual([]);
    },
  );

  site.daemon.test("that another stack has as well stay with it", { needs }, async () => {
    const it = golden();
    const urn = "urn:pulumi:other::contract::pulumi-nodejs:dynamic/lxd:Image::shared";
    const other = { "user.pulumi.owner.0badcafe": urn };
    const pruned = await it.built(other);
    await it.resource.up(it.args([], { ...unnamed, keep: 1 }));
    const destroyed = await it.rebuilt(other);
    await it.resource.up(it.args([], { keep: 1 }));
    expect((await images(it)).map(({ properties }) => properties["user.pulumi.owner"])).toEqual([
      undefined,
      it.resource.urn,
    ]);
    await it.resource.destroy();
    const left = await images(it);
    expect(left.map(({ fingerprint }) => fingerprint)).toEqual([pruned, destroyed]);
    for (const { properties, aliases } of left) {
      expect(properties).toMatchObject(other);
      expect(Object.values(properties)).not.toContain(it.resource.urn);
      expect(aliases).toEqual([]);
    }
    for (const fingerprint of [pruned, destroyed]) await site.target.change("DELETE", `/1.0/images/${fingerprint}`);
  });

  for (const refreshed of [false, true]) {
    const title = refreshed ? "and the stack was refreshed" : "by hand";
    site.daemon.test(`go with the resource when the newest was deleted ${title}`, { needs }, async () => {
      const it = await twoVersions();
      await site.target.change("DELETE", `/1.0/images/${liveOf(it)}`);
      if (refreshed) expect(await it.resource.refresh()).toBe(true);
      expect(await images(it)).toHaveLength(1);
      await it.resource.destroy();
      expect(await images(it)).toEqual([]);
    });
  }
});
