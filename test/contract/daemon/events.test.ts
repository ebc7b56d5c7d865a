// Events: operations and objects as they change, told on a websocket.
import { expect, it } from "vitest";

import { describeEachDaemon, makeInstance } from "../harness";
import { openEvents } from "../harness/event-stream";

describeEachDaemon("events", (daemon) => {
  it("tells of an operation, and of what it did", async () => {
    const stream = await openEvents(daemon.socket, "type=operation,lifecycle");
    const path = await makeInstance(daemon, "told");
    await daemon.settle(daemon.raw.delete(path));
    const isOurs = (event: object) => JSON.stringify(event).includes(path);
    const actions = () => stream.events.filter(isOurs).map(({ metadata }) => metadata["action"]);
    await expect.poll(actions).toContain("instance-deleted");
    expect(actions()).toContain("instance-created");
    const operations = stream.events.filter((event) => event.type === "operation" && isOurs(event));
    const codes = operations.map(({ metadata }) => metadata["status_code"]);
    expect(codes).toEqual(expect.arrayContaining([103, 200]));
    expect(operations[0]).toMatchObject({ project: "default", metadata: { class: "task" } });
    stream.close();
  });

  it("tells only what it is asked for", async () => {
    const stream = await openEvents(daemon.socket, "type=lifecycle");
    const path = await makeInstance(daemon, "quiet");
    await expect.poll(() => JSON.stringify(stream.events)).toContain(path);
    expect(stream.events.map((event) => event.type)).not.toContain("operation");
    stream.close();
  });

  it("knows no other type", async () => {
    await expect(openEvents(daemon.socket, "type=foo")).rejects.toThrow(/: (400|500)$/);
  });

  it("needs a websocket", async () => {
    expect((await daemon.raw.get("/1.0/events")).status).toBe(400);
  });
});
