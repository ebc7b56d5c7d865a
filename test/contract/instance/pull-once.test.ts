// Many instances and an image resource that want one image of an image server at once: one brings it, and it stays.
import { expect } from "vitest";

import { openEvents, type ReceivedEvent } from "../harness/event-stream";
import { StackResource } from "../harness/stack";
import { tinyImage } from "../harness";
import { ImageServer } from "../image/image-server";
import { describeInstances } from "./site";

interface Creation {
  begun: string;
  ended: string;
}

/** When the daemon has worked on each new instance. */
function creations(events: readonly ReceivedEvent[], prefix: string): Creation[] {
  const found = new Map<string, Creation>();
  for (const { metadata } of events) {
    const isOurs = JSON.stringify(metadata["resources"] ?? {}).includes(prefix);
    if (!isOurs || !/^Creating (instance|container)/.test(String(metadata["description"]))) continue;
    const [begun, ended] = [String(metadata["created_at"]), String(metadata["updated_at"])];
    found.set(String(metadata["id"]), { begun, ended });
  }
  return [...found.values()].sort((one, other) => (one.begun < other.begun ? -1 : 1));
}

describeInstances("one image for many instances", (site) => {
  const missing = (): string | undefined =>
    site.isSimulated ? "the embedded daemon pulls from no image server for instances" : ImageServer.missing();

  site.daemon.test("is pulled once, and belongs to the image resource", { missing, timeoutMs: 60_000 }, async () => {
    const server = await ImageServer.start();
    const alias = site.name();
    await server.put(tinyImage({ properties: { description: alias } }), alias);
    const source = { server: server.url, protocol: "incus", alias, certificate: server.certificate };
    const stream = await openEvents(site.daemon.socket, "type=operation");
    const machines = Array.from({ length: 10 }, () => site.resource());
    const args = { source, rootDisk: { pool: "default" }, profiles: [], running: false };
    const image = new StackResource("Image", site.name(), site.daemon.socket);
    const made = await Promise.all([...machines.map((machine) => machine.up(args)), image.up({ source })]);
    expect(new Set(made)).toEqual(new Set(["created"]));
    const [first, ...others] = creations(stream.events, site.prefix);
    stream.close();
    expect(others).toHaveLength(9);
    for (const other of others) expect(other.begun > (first?.ended ?? "")).toBe(true);
    const fingerprint = String(image.outputs["fingerprint"]);
    for (const { name } of machines) {
      expect((await site.instance(name)).config["volatile.base_image"]).toBe(fingerprint);
    }
    expect(await site.get(`/1.0/images/${fingerprint}`)).toMatchObject({ cached: false });
    await Promise.all(machines.map((machine) => machine.destroy()));
    await image.destroy();
    await server.remove(fingerprint);
  });
});
