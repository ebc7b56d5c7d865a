// A daemon that is restarted in the middle of a run: reads go on afterwards, and what it was doing is looked at.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import * as z from "zod";
import { Client } from "../../../provider/lxd/client/core/client";
import { UnixTransport } from "../../../provider/lxd/client/transport/unix-transport";
import { writeTinyIso } from "../harness";
import { clientOf, CUSTOM, useEmbedded } from "../harness/embedded";
import { FlakySocket } from "../harness/flaky-socket";
import { StackResource } from "../harness/stack";

const embedded = useEmbedded();
const connect = (socket: string): Client => new Client(new UnixTransport(socket));

it("reads and changes wait for it to be back", async () => {
  const first = await embedded.start();
  const client = connect(first.socket);
  await client.info();
  await embedded.stop(first);
  const work = Promise.all([
    client.get("/1.0/instances", z.array(z.string())),
    client.change({ method: "POST", path: "/1.0/projects", json: { name: "p" } }),
  ]);
  await sleep(300);
  const second = await embedded.start();
  expect(second.socket).toBe(first.socket);
  await work;
  expect((await clientOf(second).get("/1.0/projects/p")).status).toBe(200);
});

it("an operation that it has forgotten has an unknown end", async () => {
  const first = await embedded.start({ guestBootMs: 60_000 });
  const client = connect(first.socket);
  const raw = clientOf(first);
  const machine = { name: "vm", type: "virtual-machine", source: { type: "none" }, profiles: [], start: true };
  const devices = { root: { type: "disk", path: "/", pool: "default" } };
  await client.change({ method: "POST", path: "/1.0/instances", json: { ...machine, devices } });
  // The guest does not hear that it should shut down: this lasts until the time is over.
  const stopping = client.change({
    method: "PUT",
    path: "/1.0/instances/vm/state",
    json: { action: "stop", timeout: 60 },
  });
  const outcome = stopping.catch((thrown: unknown) => String(thrown));
  const isBusy = async (): Promise<boolean> =>
    JSON.stringify((await raw.get("/1.0/operations")).body).includes("running");
  while (!(await isBusy())) await sleep(20);
  await embedded.stop(first);
  await embedded.start({ guestBootMs: 60_000 });
  expect(await outcome).toMatch(/Operation not found; the result of the operation is unknown \[unavailable\]/);
});

it("a volume whose import nobody has seen the end of does not count as made, and the next run makes it again", async () => {
  const first = await embedded.start();
  const flaky = new FlakySocket(first.socket);
  await flaky.start();
  const file = await writeTinyIso(join(embedded.dir, "x.iso"), { marker: "restart" });
  const volume = new StackResource("IsoVolume", "restarted", flaky.socket);
  const waiting = flaky.cutAt(/^GET \/1\.0\/operations\/[^/]+\/wait/);
  const up = volume.up({ pool: "default", source: { file } });
  await waiting;
  await embedded.stop(first);
  const second = await embedded.start();
  await expect(up).rejects.toThrow(/the result of the operation is unknown \[unavailable\]/);
  const created = async (): Promise<unknown> =>
    (
      (await clientOf(second).get(`${CUSTOM}/${String(volume.outputs["name"])}`)).body.metadata as {
        created_at: string;
      }
    ).created_at;
  const left = await created();
  expect(await volume.up({ pool: "default", source: { file } })).toBe("updated");
  await flaky.stop();
  expect(await created()).not.toBe(left);
  const { body } = await clientOf(second).get(`${CUSTOM}/${String(volume.outputs["name"])}`);
  expect(body.metadata).toMatchObject({ config: { size: String((await readFile(file)).length) } });
});
