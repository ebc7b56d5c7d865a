// Which versions of a golden image stay: for the machines that were made of them, and beside one that is built again.
import { expect } from "vitest";
import { Stack } from "../harness/stack-run";
import { describeGoldenImages } from "./site";

describeGoldenImages("versions of golden images that are kept", (site) => {
  const cases = [
    ["that uses the images of the default project keeps its version", "false", true],
    ["that has images of its own keeps none", "true", false],
  ] as const;

  for (const [title, hasImages, isKept] of cases) {
    site.testWithSimulation(`a machine of a project ${title}`, async () => {
      const project = site.name();
      const features = { "features.images": hasImages, "features.profiles": hasImages };
      await site.change("POST", "/1.0/projects", { name: project, config: features });
      const golden = await site.golden();
      await golden.resource.up(golden.args({ keep: 1 }));
      const fingerprint = String((await golden.images())[0]?.fingerprint);
      if (!isKept) await copyTo(project, fingerprint);
      const machine = await machineIn(project, fingerprint);
      await golden.resource.up(golden.next({ machine: { memory: "257MiB" }, keep: 1 }));
      const left = (await golden.images()).map((image) => image.fingerprint);
      expect(left.includes(fingerprint)).toBe(isKept);
      expect(left).toHaveLength(isKept ? 2 : 1);
      await site.change("DELETE", machine);
      if (!isKept) await site.change("DELETE", `/1.0/images/${fingerprint}?project=${project}`);
      await golden.resource.destroy();
      expect(await golden.images()).toEqual([]);
    });
  }

  site.testWithSimulation("the last two stay with deleteBeforeReplace and keep: 1", async () => {
    const [golden, stack] = [await site.golden(), new Stack(site.daemon.socket)];
    const versions: string[] = [];
    for (const memory of ["256MiB", "257MiB", "258MiB"]) {
      const args = golden.next({ image: { aliases: [] }, keep: 1, machine: { memory } });
      await stack.up([{ kindName: "GoldenBuild", name: golden.name, args, deleteBeforeReplace: true }]);
      versions.push(golden.version);
    }
    // When the one before was deleted, nobody knew yet what comes in its place.
    expect(await golden.versions()).toEqual(versions.slice(1));
    await stack.destroy();
    expect(await golden.versions()).toEqual([]);
  });

  site.testWithSimulation("the older ones stay until the newest, deleted by hand, is built again", async () => {
    const golden = await site.golden();
    await golden.resource.up(golden.args());
    const args = golden.next({ machine: { memory: "257MiB" } });
    await golden.resource.up(args);
    await site.change("DELETE", `/1.0/images/${String(golden.resource.outputs["fingerprint"])}`);
    golden.resource.forgetProcess();
    expect(await golden.resource.refresh()).toBe(true);
    expect(await golden.versions()).toHaveLength(1);
    expect(await golden.resource.up(args)).toBe("updated");
    expect(await golden.versions()).toHaveLength(2);
    expect(await golden.target()).toBe((await golden.images()).at(-1)?.fingerprint);
    expect(await golden.resource.up(args)).toBe("same");
    await golden.resource.destroy();
    expect(await golden.images()).toEqual([]);
  });

  /** The same image in the image store of a project. */
  async function copyTo(project: string, fingerprint: string): Promise<void> {
    const { bytes } = await site.daemon.raw.get(`/1.0/images/${fingerprint}/export`);
    const type = { "Content-Type": "application/octet-stream" };
    await site.change("POST", `/1.0/images?project=${project}`, bytes, type);
  }

  async function machineIn(project: string, fingerprint: string): Promise<string> {
    const name = site.name();
    const devices = { root: { type: "disk", path: "/", pool: "default" } };
    const config = { "security.secureboot": "false" };
    const source = { type: "image", fingerprint };
    const machine = { name, type: "virtual-machine", profiles: [], config, devices, source };
    await site.change("POST", `/1.0/instances?project=${project}`, machine);
    return `/1.0/instances/${name}?project=${project}`;
  }
});
