// Golden images on other servers: copied from server to server, their aliases moved, and taken away again.
import { expect } from "vitest";
import { describePublishing, type Server } from "./publishing";

describePublishing("golden images that are copied to other servers", (site) => {
  const at = (server: Server): { remote: { socket: string } } => ({ remote: { socket: server.socket } });
  /** The keys of this provider's own. */
  const marksOf = (properties: Record<string, string> = {}): string[] =>
    Object.keys(properties)
      .filter((key) => key.startsWith("user.pulumi."))
      .sort();
  const marks = ["inputs-hash", "owner", "version"].map((key) => `user.pulumi.${key}`);

  for (const how of ["pulled", "relayed"]) {
    site.test(`are ${how}, private, and have nothing on them of the server that builds`, async () => {
      const golden = site.golden(how === "pulled" ? site.pull : { relay: true });
      const other = { "user.pulumi.owner.0badcafe": "urn:of:another" };
      const fingerprint = await golden.built(other);
      const args = golden.args([at(site.target)]);
      expect(await golden.resource.up(args)).toBe("created");
      const [copy, ...others] = await site.target.images();
      expect(others).toEqual([]);
      expect(copy).toMatchObject({ fingerprint, type: "virtual-machine", public: false });
      // What comes through here has a name that was given here.
      expect(/^[0-9a-f]{16}-/.test(copy?.filename ?? "")).toBe(how === "relayed");
      expect(copy?.aliases).toEqual([{ name: golden.alias, description: "" }]);
      // What the program says of the image is no part of its bytes.
      expect(copy?.properties).toMatchObject({ os: "tiny", run: `${golden.name}-${golden.version}` });
      expect(marksOf(copy?.properties)).toEqual(marks);
      expect(copy?.properties["user.pulumi.owner"]).not.toBe(golden.resource.urn);
      expect(await golden.resource.up(args)).toBe("same");
      expect(await golden.resource.refresh()).toBe(true);
      expect(await golden.resource.up(args)).toBe("same");
      await golden.resource.destroy();
      expect(await site.target.images()).toEqual([]);
      // Somebody else has the original as well.
      expect(await site.builder.images()).toMatchObject([{ fingerprint, aliases: [], properties: other }]);
      await site.builder.removeAll();
    });
  }

  site.test("go to a server that is added, and away from one that is taken out, without a build", async () => {
    const golden = site.golden();
    const fingerprint = await golden.built();
    await golden.resource.up(golden.args([at(site.target)]));
    const both = golden.args([{ ...at(site.other), aliases: ["there"], public: true }, at(site.target)]);
    expect(await golden.resource.preview(both)).toMatchObject({ changes: true, replaces: [] });
    expect(await golden.resource.up(both)).toBe("updated");
    expect(await site.other.images()).toMatchObject([{ fingerprint, public: true, aliases: [{ name: "there" }] }]);
    expect(await golden.resource.up(golden.args([at(site.other)]))).toBe("updated");
    expect(await site.target.images()).toEqual([]);
    expect(await site.other.target("there")).toBeUndefined();
    expect(await site.other.target(golden.alias)).toBe(fingerprint);
    await golden.resource.destroy();
    expect(await site.other.images()).toEqual([]);
  });

  site.test("go away from a server that is taken out together with --replace", async () => {
    const golden = site.golden();
    const fingerprint = await golden.built();
    await golden.resource.up(golden.args([at(site.target), at(site.other)]));
    await golden.resource.replace(golden.args([at(site.other)]));
    expect(await site.target.images()).toEqual([]);
    expect(await site.other.target(golden.alias)).toBe(fingerprint);
    expect(await site.builder.target(golden.alias)).toBe(fingerprint);
    await golden.resource.destroy();
    expect(await site.other.images()).toEqual([]);
  });

  site.test("are copied again when somebody has deleted or changed a copy", async () => {
    const golden = site.golden();
    const fingerprint = await golden.built();
    const args = golden.args([at(site.target)]);
    await golden.resource.up(args);
    await site.target.change("DELETE", `/1.0/images/${fingerprint}`);
    expect(await golden.resource.refresh()).toBe(true);
    expect(await golden.resource.up(args)).toBe("updated");
    expect(await site.target.target(golden.alias)).toBe(fingerprint);
    await site.target.change("DELETE", `/1.0/images/aliases/${golden.alias}`);
    await golden.resource.refresh();
    expect(await golden.resource.up(args)).toBe("updated");
    expect(await site.target.target(golden.alias)).toBe(fingerprint);
    await golden.resource.destroy();
  });

  site.test("are kept, pinned and pruned as on the server that builds", async () => {
    const golden = site.golden();
    const first = await golden.built();
    const versions = [golden.version];
    await golden.resource.up(golden.args([at(site.target)], { keep: 1 }));
    const second = await golden.rebuilt();
    expect(await golden.resource.up(golden.args([at(site.target)]))).toBe("replaced");
    expect(await site.target.fingerprints()).toEqual([first, second]);
    const pinned = golden.args([at(site.target)], { keep: 1, pin: versions[0] });
    expect(await golden.resource.up(pinned)).toBe("updated");
    expect(await site.target.target(golden.alias)).toBe(first);
    expect(await golden.resource.up(golden.args([at(site.target)], { keep: 1 }))).toBe("updated");
    expect(await site.target.target(golden.alias)).toBe(second);
    expect(await site.target.fingerprints()).toEqual([second]);
    expect(await site.builder.fingerprints()).toEqual([second]);
    await golden.resource.destroy();
    expect(await site.target.images()).toEqual([]);
  });

  site.test("leave alone what others have", async () => {
    const golden = site.golden();
    const fingerprint = await golden.built();
    const { bytes } = await site.builder.raw.get(`/1.0/images/${fingerprint}/export`);
    await site.target.change("POST", "/1.0/images", bytes);
    const args = golden.args([at(site.target)]);
    await expect(golden.resource.up(args)).rejects.toThrow(
      /publishTo\[0\].*: there is an image with this content already/,
    );
    expect(marksOf((await site.target.images())[0]?.properties)).toEqual([]);
    // Copied by hand, with what is on it: somebody else's all the same.
    await site.target.mark(fingerprint, { "user.pulumi.owner": golden.resource.urn });
    expect(await golden.resource.up(args)).toBe("updated");
    await golden.resource.destroy();
    expect(await site.target.images()).toMatchObject([{ fingerprint, aliases: [] }]);
    await site.target.removeAll();
  });
});
