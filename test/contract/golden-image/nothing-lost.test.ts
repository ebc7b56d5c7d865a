// Golden images whose versions are somebody's: what is live, shared or replaced is not deleted, and nothing is left behind.
import { expect } from "vitest";
import { Stack } from "../harness/stack-run";
import { Server } from "./publishing";
import { describeGoldenImages, type Golden, type RawImage } from "./site";

describeGoldenImages("versions of golden images", (site) => {
  const unnamed = { image: { aliases: [] } };
  const find = (fingerprint: unknown): Promise<RawImage | undefined> =>
    site.find<RawImage>(`/1.0/images/${String(fingerprint)}`);

  for (const keep of [1, 2]) {
    site.testWithSimulation(`that were changed and changed back stay, with keep: ${keep} in between`, async () => {
      const golden = await site.golden();
      const one = golden.args({ ...unnamed, keep: 1 });
      await golden.resource.up({ ...one, keep });
      const live = golden.resource.outputs["fingerprint"];
      // With keep: 1 another resource fails, so that Pulumi does not come to its deletes.
      const other = golden.next({ ...unnamed, keep, machine: { memory: "257MiB" } });
      expect(await golden.resource.up(other, { fails: keep === 1 })).toBe("replaced");
      expect(await golden.resource.up(one)).toBe("replaced");
      expect((await golden.images()).map(({ fingerprint }) => fingerprint)).toEqual([live]);
      expect(await golden.resource.up(one)).toBe("same");
      await golden.resource.destroy();
      expect(await golden.images()).toEqual([]);
    });
  }

  site.testWithSimulation(
    "are all there after --replace without a change, also when another resource fails",
    async () => {
      const golden = await site.golden();
      await golden.resource.up(golden.args());
      const args = golden.next({ machine: { memory: "257MiB" } });
      await golden.resource.up(args);
      const before = await golden.images();
      expect(before).toHaveLength(2);
      await golden.resource.replace(args);
      expect(await golden.images()).toEqual(before);
      await golden.resource.replace(args, { fails: true });
      expect(await golden.resource.up(args)).toBe("same");
      expect(await golden.images()).toEqual(before);
      expect(await golden.target()).toBe(golden.resource.outputs["fingerprint"]);
      await golden.resource.destroy();
      expect(await golden.images()).toEqual([]);
    },
  );

  site.testWithSimulation("that another stack has as well stay with it", async () => {
    const golden = await site.golden();
    const server = new Server(site.daemon.socket, site.prefix);
    const urn = "urn:pulumi:other::contract::pulumi-nodejs:dynamic/lxd:Image::shared";
    const shared = async (): Promise<string> => {
      const fingerprint = String(golden.resource.outputs["fingerprint"]);
      await server.mark(fingerprint, { "user.pulumi.owner.0badcafe": urn });
      return fingerprint;
    };
    await golden.resource.up(golden.args({ ...unnamed, keep: 1 }));
    const pruned = await shared();
    await golden.resource.up(golden.next({ keep: 1, machine: { memory: "257MiB" } }));
    const destroyed = await shared();
    expect(await golden.versions()).toEqual([golden.version]);
    await golden.resource.destroy();
    for (const fingerprint of [pruned, destroyed]) {
      const { properties, aliases } = (await find(fingerprint)) ?? {};
      expect(properties?.["user.pulumi.owner.0badcafe"], fingerprint).toBe(urn);
      expect(Object.values(properties ?? {})).not.toContain(golden.resource.urn);
      expect(aliases).toEqual([]);
      await site.change("DELETE", `/1.0/images/${fingerprint}`);
    }
  });

  site.testWithSimulation("do not pile up with deleteBeforeReplace", async () => {
    const [golden, stack] = [await site.golden(), new Stack(site.daemon.socket)];
    const versions: string[] = [];
    for (const memory of ["256MiB", "257MiB", "258MiB"]) {
      const args = golden.next({ ...unnamed, keep: 1, machine: { memory } });
      await stack.up([{ noun: "GoldenBuild", name: golden.name, args, deleteBeforeReplace: true }]);
      versions.push(golden.version);
    }
    // The live one, and the one that was live when the last was deleted.
    expect(await golden.versions()).toEqual(versions.slice(1));
    await stack.destroy();
    expect(await golden.versions()).toEqual([]);
  });

  for (const refreshed of [false, true]) {
    const title = refreshed ? "and the stack was refreshed" : "by hand";
    site.testWithSimulation(`go with the resource when the newest was deleted ${title}`, async () => {
      const golden = await newestDeleted();
      if (refreshed) expect(await refresh(golden)).toBe(true);
      await golden.resource.destroy();
      expect(await golden.images()).toEqual([]);
    });
  }

  site.testWithSimulation(
    "are built again when the newest was deleted by hand, before the others are pruned",
    async () => {
      const golden = await newestDeleted();
      await refresh(golden);
      const args = golden.args({ machine: { memory: "257MiB" } });
      expect(await golden.resource.up(args)).toBe("updated");
      expect(await golden.versions()).toHaveLength(2);
      expect(await golden.target()).toBe((await golden.images()).at(-1)?.fingerprint);
      expect(await golden.resource.up(args)).toBe("same");
      await golden.resource.destroy();
      expect(await golden.images()).toEqual([]);
    },
  );

  async function newestDeleted(): Promise<Golden> {
    const golden = await site.golden();
    await golden.resource.up(golden.args());
    await golden.resource.up(golden.next({ machine: { memory: "257MiB" } }));
    await site.change("DELETE", `/1.0/images/${String(golden.resource.outputs["fingerprint"])}`);
    expect(await golden.versions()).toHaveLength(1);
    return golden;
  }

  /** Of a resource that is there the engine forgets that its last step failed. */
  async function refresh({ resource }: Golden): Promise<boolean> {
    resource.forgetProcess();
    resource.failed = false;
    return resource.refresh();
  }
});
