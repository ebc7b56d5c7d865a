// When a list of checksums is read again: a local one at each check, one of a web server when the program asks for it.
import { rm } from "node:fs/promises";
import { beforeEach, expect } from "vitest";
import { describeEachDaemon, tinyIso } from "../harness";
import { DownloadSite } from "../harness/download-site";
import { isoDigits } from "../harness/iso-names";
import { StackResource } from "../harness/stack";

const iso = { needs: ["custom_volume_iso"] };

describeEachDaemon("Checksum lists of an ISO volume", (daemon) => {
  const site = new DownloadSite();
  let volume: StackResource;
  let count = 0;
  let release = 0;
  const publish = (): Promise<void> => site.publish(tinyIso({ marker: `${daemon.prefix}${++release}` }));
  beforeEach(async () => {
    volume = new StackResource("IsoVolume", daemon.name(`l${++count}`), daemon.socket);
    await publish();
  });

  const args = (checksum: string, trigger?: string): Record<string, unknown> => ({
    pool: "default",
    source: { url: site.url, checksum, trigger },
  });
  /** Which content the server has for this resource: the names are made from it. */
  const onDaemon = async (): Promise<string[]> => {
    const { body } = await daemon.raw.get("/1.0/storage-pools/default/volumes/custom");
    return (body.metadata as string[]).filter((url) => url.includes(volume.name)).map((url) => url.slice(-8));
  };
  const digits = (): string => isoDigits(volume.urn, site.bytes);

  daemon.test("a local list with a new sum is new content", iso, async () => {
    await volume.up(args(site.listPath));
    expect(await onDaemon()).toEqual([digits()]);
    expect(await volume.up(args(site.listPath))).toBe("same");
    await publish();
    expect(await volume.preview(args(site.listPath))).toMatchObject({ replaces: ["name", "digest"] });
    expect(await volume.up(args(site.listPath))).toBe("replaced");
    expect(await onDaemon()).toEqual([digits()]);
  });

  daemon.test("a local list that is gone is told, as a local file would be", iso, async () => {
    await volume.up(args(site.listPath));
    await rm(site.listPath);
    const [failure] = await volume.failures(args(site.listPath));
    expect(failure?.property).toBe("source.checksum");
    expect(failure?.reason).toMatch(/there is no file .*LIST \[not-found\]/);
  });

  daemon.test("a list of a web server is not read again, whether it changes or is gone", iso, async () => {
    await volume.up(args(site.listUrl));
    const before = await onDaemon();
    site.requests = [];
    await publish();
    expect(await volume.up(args(site.listUrl))).toBe("same");
    site.sums = undefined;
    expect(await volume.up(args(site.listUrl))).toBe("same");
    expect(site.requests).toEqual([]);
    expect(await onDaemon()).toEqual(before);
  });

  daemon.test("another trigger has it read again, and what is new replaces the volume", iso, async () => {
    await volume.up(args(site.listUrl, "1"));
    site.requests = [];
    expect(await volume.up(args(site.listUrl, "2"))).toBe("same");
    expect(site.requests).toEqual(["/LIST"]);
    await publish();
    expect(await volume.up(args(site.listUrl, "3"))).toBe("replaced");
    expect(await onDaemon()).toEqual([digits()]);
    site.sums = undefined;
    const [failure] = await volume.failures(args(site.listUrl, "4"));
    expect(failure).toMatchObject({ property: "source.checksum" });
    expect(failure?.reason).toMatch(/look up the checksum in https:.*LIST.*404/);
    expect(await volume.up(args(site.listUrl, "3"))).toBe("same");
  });
});
