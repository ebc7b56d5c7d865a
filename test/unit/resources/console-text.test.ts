// What is heard of a machine's console while it goes off: the servers refuse to say anything for that moment.
import { expect, it } from "vitest";
import { type WireInstance } from "../../../provider/lxd/api/instance/instances";
import { ConsoleLog } from "../../../provider/resources/machine/console";
import { error, fakeDaemon } from "../client/fake-daemon";

it("is read again when the server has waited for another reader first", async () => {
  let refusals = 2;
  const { client, requests } = await fakeDaemon({
    "GET /1.0/instances/box/console": (request, response) => {
      if (refusals-- > 0) error(500, "A matching non-reusable operation has now succeeded")(request, response);
      else response.end("BOOTED\n");
    },
  });
  const log = new ConsoleLog(client, { project: "default", name: "box" });
  expect(await log.text({ type: "virtual-machine", status_code: 103 } as WireInstance)).toContain("BOOTED");
  expect(requests).toHaveLength(3);
});

it("keeps what was heard before", async () => {
  let said: string | undefined;
  const { client } = await fakeDaemon({
    "GET /1.0/instances/box/console": (request, response) => {
      if (said === undefined) error(500, 'Instance is busy running a "stop" operation')(request, response);
      else response.end(said);
    },
  });
  const log = new ConsoleLog(client, { project: "default", name: "box" });
  const wire = { type: "virtual-machine", status_code: 103 } as WireInstance;
  expect(await log.text(wire)).toBe("");
  said = "BOOTED\n";
  expect(await log.text(wire)).toContain("BOOTED");
  said = undefined;
  expect(await log.text(wire)).toContain("BOOTED");
});
