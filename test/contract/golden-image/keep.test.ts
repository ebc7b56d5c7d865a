// Which versions of a golden image stay for the machines that were made of them, in whatever project these are.
import { expect } from "vitest";
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
