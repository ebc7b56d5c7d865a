// A change of a busy machine: what is waited for is named, sessions in its guest are not waited for, and other failures pass.
import { expect, it, vi } from "vitest";
import { LxdError } from "../../../provider/base/errors";
import { retryWhileBusy } from "../../../provider/resources/machine/busy";
import { error, fakeDaemon, later, operation, sync } from "../client/fake-daemon";

const at = { project: "default", name: "web" };
const on = (id: string, description: string, name: string): object => ({
  ...operation({ id }),
  description,
  resources: { instances: [`/1.0/instances/${name}`] },
});
const running = [
  on("stop", "Stopping instance", "web"),
  on("session", "Executing command", "web"),
  on("other", "Stopping instance", "db"),
];
const busy = new LxdError({ code: "failed", why: 'Cannot: Instance is busy running a "stop" operation' });

it("waits for the operation of that machine, and says so", async () => {
  const { client, requests } = await fakeDaemon({
    "GET /1.0/operations": sync({ running }),
    "GET /1.0/operations/stop/wait": later(100, sync(operation({ status_code: 200 }))),
  });
  const said: string[] = [];
  const outcomes = [busy, undefined];
  const change = (): Promise<string> => {
    const failure = outcomes.shift();
    return failure === undefined ? Promise.resolve("done") : Promise.reject(failure);
  };
  expect(await retryWhileBusy({ client, status: (text) => said.push(text) }, at, change)).toBe("done");
  expect(said).toEqual(['waiting for the "stop" operation of web']);
  expect(requests.map(({ line }) => line.replace(/\?.*/, ""))).toEqual([
    "GET /1.0/operations",
    "GET /1.0/operations/stop/wait",
  ]);
});

it("asks again when the server lists nothing, as while a guest powers itself off", async () => {
  const { client } = await fakeDaemon({ "GET /1.0/operations": sync({}) });
  const outcomes = [busy, busy];
  expect(await retryWhileBusy({ client }, at, () => Promise.resolve(outcomes.pop()).then(reject))).toBe("done");
});

it("gives up when the server lists nothing for too long, and says what to do", async () => {
  const { client } = await fakeDaemon({ "GET /1.0/operations": sync({}) });
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 40_000));
  try {
    const failed = retryWhileBusy({ client }, at, () => Promise.reject(busy));
    await expect(failed).rejects.toThrow(
      /still after 1 min, and lists no such operation \[timeout\]\n.*force it to stop/,
    );
  } finally {
    clock.mockRestore();
  }
});

const held = new LxdError({
  code: "failed",
  why: "Failed to start device \"eth0\": Failed adding NIC device: Duplicate device ID 'dev-incus_eth0' for device",
});

it("waits until a guest that boots has released the device that is replaced, and says so", async () => {
  const { client, requests } = await fakeDaemon({ "GET /1.0/operations": error(500, "never asked") });
  const said: string[] = [];
  const outcomes = [undefined, held];
  const status = (text: string): number => said.push(text);
  const change = (): Promise<string> => Promise.resolve(outcomes.pop()).then(reject);
  expect(await retryWhileBusy({ client, status }, at, change)).toBe("done");
  expect(said).toEqual(["waiting until the guest of web releases the old device"]);
  expect(requests).toEqual([]);
});

it("gives up when the guest does not release the device, and says what to do", async () => {
  const { client } = await fakeDaemon({});
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => (now += 40_000));
  try {
    await expect(retryWhileBusy({ client }, at, () => Promise.reject(held))).rejects.toThrow(
      /Duplicate device ID.*the guest has not released the old device \[in-use\]\nRun `pulumi up` again when the guest/,
    );
  } finally {
    clock.mockRestore();
  }
});

it("passes on what has another reason", async () => {
  const { client, requests } = await fakeDaemon({ "GET /1.0/operations": error(500, "never asked") });
  const failure = new LxdError({ code: "failed", why: "Invalid config" });
  await expect(retryWhileBusy({ client }, at, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(requests).toEqual([]);
});

function reject(failure: LxdError | undefined): string {
  if (failure !== undefined) throw failure;
  return "done";
}
