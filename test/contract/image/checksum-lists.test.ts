// When the checksum list of a downloaded image is read again: a local one at each check, one of a web server on request.
import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";

import { DownloadSite } from "../harness/download-site";
import { type StackResource } from "../harness/stack";
import { describeImages, sha256 } from "./site";

describeImages("checksum lists of images", (site) => {
  const web = new DownloadSite();
  let image: StackResource;
  let release = 0;

  describe.each(["sha256", "sha512"])("with %s sums", (algorithm) => {
    const publish = (): Promise<void> => web.publish(site.content(`-${algorithm}-${++release}`), algorithm);
    const args = (checksum: string, trigger?: string): Record<string, unknown> => ({
      source: { download: web.url, checksum, trigger },
    });
    beforeEach(async () => {
      image = site.resource();
      await publish();
    });
    /** The bytes that the server has for this resource. */
    const expectOnDaemon = async (bytes: Buffer): Promise<void> => {
      const ours = (await site.fingerprints()).filter((fingerprint) => fingerprint === image.outputs["fingerprint"]);
      expect(ours).toEqual([sha256(bytes)]);
    };

    it("a local list with a new sum is another image", async () => {
      await image.up(args(web.listPath));
      await expectOnDaemon(web.bytes);
      const first = sha256(web.bytes);
      expect(await image.up(args(web.listPath))).toBe("same");
      await publish();
      expect(await image.up(args(web.listPath))).toBe("replaced");
      await expectOnDaemon(web.bytes);
      expect(await site.find(first)).toBeUndefined();
      expect(await image.up(args(web.listPath))).toBe("same");
      await image.destroy();
      expect(await site.find(sha256(web.bytes))).toBeUndefined();
    });

    it("a list of a web server is not read again, whether it changes or is gone", async () => {
      await image.up(args(web.listUrl));
      const { bytes } = web;
      web.requests = [];
      await publish();
      expect(await image.up(args(web.listUrl))).toBe("same");
      expect(await image.up({ ...args(web.listUrl), public: true })).toBe("updated");
      web.sums = undefined;
      expect(await image.up({ ...args(web.listUrl), public: true })).toBe("same");
      expect(web.requests).toEqual([]);
      await expectOnDaemon(bytes);
    });

    it("another trigger has it read again, and what is new replaces the image", async () => {
      await image.up(args(web.listUrl, "1"));
      web.requests = [];
      expect(await image.up(args(web.listUrl, "2"))).toBe("same");
      expect(web.requests).toEqual(["/LIST"]);
      await publish();
      expect(await image.up(args(web.listUrl, "3"))).toBe("replaced");
      await expectOnDaemon(web.bytes);
      web.sums = undefined;
      const [failure] = await image.failures(args(web.listUrl, "4"));
      expect(failure).toMatchObject({ property: "source.checksum" });
      expect(failure?.reason).toMatch(/look up the checksum in https:.*LIST.*404/);
      expect(await image.up(args(web.listUrl, "3"))).toBe("same");
    });

    it("the same sum written into the program is the same image", async () => {
      await image.up(args(web.listUrl));
      const value = `${algorithm}:${createHash(algorithm).update(web.bytes).digest("hex")}`;
      expect(await image.up(args(value))).toBe("same");
      expect(await image.up(args(value))).toBe("same");
      await expectOnDaemon(web.bytes);
    });
  });
});
