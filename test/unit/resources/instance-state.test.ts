// What is read of a machine's state in the moment in which its process ends.
import { expect, it } from "vitest";
import { findState } from "../../../provider/lxd/api/instance/instance-state";
import { error, fakeDaemon } from "../client/fake-daemon";

const at = { project: "default", name: "box" };

it("is none while the server cannot tell the process", async () => {
  const { client } = await fakeDaemon({ "GET /1.0/instances/box/state": error(500, "Invalid PID '\0'") });
  expect(await findState(client, at)).toBeUndefined();
});

it("is a failure of the server otherwise", async () => {
  const { client } = await fakeDaemon({ "GET /1.0/instances/box/state": error(500, "database is gone") });
  await expect(findState(client, at)).rejects.toThrow("database is gone");
});
