// Images of a root or a disk without metadata, which the program describes.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect } from "vitest";

import { tinySplitImage } from "../harness";
import { type StackResource } from "../harness/stack";
import { noRealContainer, runInContainer } from "./guests";
import { describeImages } from "./site";

describeImages("image that the program describes", (site) => {
  let image: StackResource;
  let rootfs = "";
  beforeEach(async () => {
    image = site.resource();
    rootfs = join(site.dir, `${site.count}.rootfs`);
    await writeFile(rootfs, tinySplitImage().rootfs);
  });
  const described = (more: object = {}): object => ({
    ...{ os: "tiny", release: "1", description: site.name(), requirements: { secureboot: false } },
    creationDate: "2026-11-28T05:24:00Z",
    expiresAt: "2040-01-01T00:00:00Z",
    ...more,
  });
  const args = (metadata: object): Record<string, unknown> => ({ source: { metadata, rootfs } });

  site.daemon.test("a root alone is a container's image, with properties that the server shows", {}, async () => {
    const known = (await image.check(args(described()))).inputs["fingerprint"];
    await image.up(args(described()));
    expect(image.outputs["fingerprint"]).toBe(known);
    const wire = await site.image(String(known));
    expect(wire).toMatchObject({ type: "container", architecture: "x86_64" });
    expect([wire["created_at"], wire["expires_at"]].map((time) => Date.parse(String(time)))).toEqual([
      Date.parse("2026-11-28T05:24:00Z"),
      Date.parse("2040-01-01T00:00:00Z"),
    ]);
    const properties = { os: "tiny", release: "1", description: site.name(), "requirements.secureboot": "false" };
    expect(wire.properties).toMatchObject(properties);
    expect(image.outputs["metadata"]).toMatchObject({
      ...{ os: "tiny", release: "1", description: site.name(), architecture: "x86_64" },
      requirements: { secureboot: "false" },
    });
    expect(await image.up(args(described()))).toBe("same");
    expect(await image.up(args(described({ serial: "2" })))).toBe("replaced");
    expect(await site.find(String(known))).toBeUndefined();
  });

  site.daemon.test("its templates are written into containers", { missing: () => noRealContainer(site) }, async () => {
    const templates = {
      "/etc/greeting": { when: ["create"], content: "written at {{ trigger }}\n" },
    };
    await image.up(args(described({ templates })));
    const fingerprint = String(image.outputs["fingerprint"]);
    const read = "read line </etc/greeting; echo $line";
    expect(await runInContainer(site, fingerprint, read)).toBe("written at create\n");
  });

  site.daemon.test("a disk has the same bytes and another fingerprint with other metadata", {}, async () => {
    const disk = join(site.dir, `${site.count}.qcow2`);
    await writeFile(disk, tinySplitImage({ type: "virtual-machine" }).rootfs);
    const source = { disk, format: "qcow2" };
    await image.up({ source: { ...source, metadata: described() } });
    const first = String(image.outputs["fingerprint"]);
    expect(await site.image(first)).toMatchObject({ type: "virtual-machine", properties: { os: "tiny" } });
    const both = { ...source, architecture: "x86_64", metadata: described() };
    expect(await image.up({ source: both })).toBe("same");
    expect(await image.up({ source: { ...source, metadata: described({ serial: "3" }) } })).toBe("replaced");
  });

  site.daemon.test("what is wrong with it is told with its field", {}, async () => {
    const failures = async (metadata: object): Promise<string[]> =>
      (await image.failures(args(metadata))).map(({ property }) => property);
    expect(await failures({ oz: "x" })).toEqual(["source.metadata.oz"]);
    expect(await failures({ creationDate: "yesterday" })).toEqual(["source.metadata.creationDate"]);
    expect(await failures({ templates: { "etc/x": { when: ["create"], content: "" } } })).toHaveLength(1);
    expect(await failures({ templates: { "/x": { when: ["creat"], content: "" } } })).toEqual([
      'source.metadata.templates["/x"].when[0]',
    ]);
    const other = { disk: rootfs, format: "qcow2", architecture: "x86_64", metadata: { architecture: "aarch64" } };
    expect(await image.failures({ source: other })).toMatchObject([{ property: "source.metadata.architecture" }]);
  });
});
