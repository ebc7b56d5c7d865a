// ISO volumes in pools of other drivers than `dir`, which round sizes up, where the machine has them.
import { rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { at, describeEachDaemon, type TestDaemon, tinyIso } from "../harness";
import { StackResource } from "../harness/stack";

describeEachDaemon({ name: "ISO volumes in pools", on: ["incus"] }, (daemon: TestDaemon) => {
  for (const driver of ["btrfs", "lvm", "zfs"]) {
    const pool = `${driver}-pool`;
    const file = join(tmpdir(), `${daemon.name(driver)}.iso`);
    // No multiple of any driver's block.
    const bytes = Buffer.concat([tinyIso({ marker: daemon.name(driver) }), Buffer.alloc(1_000, 1)]);
    let missing: string | undefined;
    const options = { needs: ["custom_volume_iso"], missing: () => missing, timeoutMs: 60_000 };
    const resource = (name: string): StackResource =>
      new StackResource("IsoVolume", daemon.name(`${driver}-${name}`), daemon.socket);
    const onDaemon = async (volume: StackResource): Promise<unknown> => {
      const path = `/1.0/storage-pools/${daemon.name(pool)}/volumes/custom/${String(volume.outputs["name"])}`;
      const { status, body } = await daemon.raw.get(path);
      return status === 404 ? undefined : body.metadata;
    };

    beforeAll(async () => {
      await writeFile(file, bytes);
      const config = { size: "256MiB" };
      const made = await daemon.settle(
        daemon.raw.post("/1.0/storage-pools", { name: daemon.name(pool), driver, config }),
      );
      const why = made.error.split("\n")[0]?.replaceAll(daemon.prefix, "") ?? "";
      missing = made.ok ? undefined : `this machine has no pools of ${driver}: ${why}`;
    }, 60_000);
    afterAll(() => rm(file, { force: true }));

    daemon.test(`of ${driver} are imported, show no drift, and are deleted`, options, async () => {
      const volume = resource("cd");
      const args = { pool: daemon.name(pool), source: { file } };
      expect(await volume.up(args)).toBe("created");
      expect(await onDaemon(volume)).toMatchObject({ content_type: "iso", config: { size: String(bytes.length) } });
      expect(await volume.refresh()).toBe(true);
      expect(await volume.up(args)).toBe("same");
      await volume.destroy();
      expect(await onDaemon(volume)).toBeUndefined();
    });

    daemon.test(
      `of ${driver} are copied from a dir pool; a size that was rounded up is no drift`,
      options,
      async () => {
        const [original, copy] = [resource("original"), resource("copy")];
        await original.up({ pool: "default", source: { file } });
        const { name, digest } = original.outputs;
        const args = { pool: daemon.name(pool), source: { volume: { pool: "default", name, digest } } };
        expect(await copy.up(args)).toBe("created");
        const size = Number(at(await onDaemon(copy), "config", "size"));
        expect(size).toBeGreaterThanOrEqual(bytes.length);
        expect(copy.outputs).toMatchObject({ digest, sizeBytes: size });
        expect(await copy.refresh()).toBe(true);
        expect(await copy.up(args)).toBe("same");
        await copy.destroy();
        expect(await onDaemon(copy)).toBeUndefined();
      },
    );

    daemon.test(`of ${driver} that are full are told before anything is sent`, options, async () => {
      const big = join(tmpdir(), `${daemon.name(driver)}-big.iso`);
      await writeFile(big, bytes);
      await truncate(big, 300 * 1024 * 1024);
      try {
        const failures = await resource("big").failures({ pool: daemon.name(pool), source: { file: big } });
        expect(failures).toMatchObject([{ property: "pool" }]);
        expect(failures[0]?.reason).toMatch(/has [\d.]+ MiB free, and the import needs 300\.\d MiB/);
      } finally {
        await rm(big);
      }
    });
  }
});
