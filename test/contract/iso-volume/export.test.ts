// The copy that a server makes of a volume to give its content out: dropped afterwards, by the server itself if need be.
import { expect } from "vitest";
import { exportIso } from "../../../provider/lxd/api/storage/volume-backups";
import { Client } from "../../../provider/lxd/client/core/client";
import { UnixTransport } from "../../../provider/lxd/client/transport/unix-transport";
import { CUSTOM, describeEachDaemon, objectAt } from "../harness";

const dayMs = 24 * 60 * 60_000;

// Servers that can export ISO volumes are newer; of other volumes these make the same copies.
describeEachDaemon({ name: "an export", on: ["incus", "lxd"] }, (daemon) => {
  daemon.test(
    "expires within a day, and is dropped when it was read",
    { needs: ["custom_volume_backup"] },
    async () => {
      const name = daemon.name("exported");
      const config = { size: "8MiB" };
      expect(await daemon.settle(daemon.raw.post(CUSTOM, { name, config }))).toMatchObject({ ok: true });
      const copies = `${CUSTOM}/${name}/backups?recursion=1`;
      let seen: Record<string, unknown> = {};
      const client = new Client(new UnixTransport(daemon.socket));
      // Looked for when the copy is made and before it is read: afterwards it is dropped at once.
      const looking = {
        change: client.change.bind(client),
        download: async (...of: Parameters<Client["download"]>): Promise<void> => {
          seen = await objectAt(daemon, copies);
          await client.download(...of);
        },
      } as unknown as Client;
      await exportIso(looking, { project: "default", pool: "default", name }, () => undefined);
      const [copy] = Object.values(seen) as { expires_at: string }[];
      const leftMs = Date.parse(copy?.expires_at ?? "") - Date.now();
      expect(leftMs).toBeGreaterThan(dayMs - 10 * 60_000);
      expect(leftMs).toBeLessThanOrEqual(dayMs);
      expect(await objectAt(daemon, copies)).toEqual([]);
      expect(await daemon.settle(daemon.raw.delete(`${CUSTOM}/${name}`))).toMatchObject({ ok: true });
    },
  );
});
