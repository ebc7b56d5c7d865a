// A create that succeeded, after which the server's first answer is a bad one: the state still knows what is there.
import { expect, it } from "vitest";
import { clientOf, useEmbedded } from "../harness/embedded";
import { FlakySocket } from "../harness/flaky-socket";
import { StackResource } from "../harness/stack";

const embedded = useEmbedded();
const refusal = JSON.stringify({ type: "error", error: "not authorized", error_code: 403 });
const text = `HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: ${refusal.length}\r\n\r\n${refusal}`;

it("the object is in the state, is used by the next run, and is deleted by destroy", async () => {
  const server = await embedded.start();
  const flaky = new FlakySocket(server.socket);
  await flaky.start();
  const resource = new StackResource("Profile", "bad-answer", flaky.socket);
  const path = `/1.0/profiles/${resource.name}`;
  let answers = 0;
  // The first look after the request that makes it.
  const isFirstLook = (line: string): boolean =>
    line.startsWith(`GET ${path}`) && flaky.lines.some((each) => each.startsWith("POST")) && ++answers === 1;
  flaky.answer = { matches: isFirstLook, text };
  await expect(resource.up({})).rejects.toThrow(/not authorized/);
  flaky.heal();
  const found = async (): Promise<number> => (await clientOf(server).get(path)).status;
  expect(await found()).toBe(200);
  // What the server has reported as made is not made again.
  flaky.lines.length = 0;
  expect(await resource.up({})).toBe("updated");
  expect(flaky.lines.filter((line) => /^(POST|DELETE)/.test(line))).toEqual([]);
  await resource.destroy();
  expect(await found()).toBe(404);
  await flaky.stop();
});
