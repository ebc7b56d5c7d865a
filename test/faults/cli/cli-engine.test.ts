// The real CLI under the faults: each way of ending a run ends it, and the next one finds the state that it left.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Running } from "../engine";
import { at } from "../scenarios/scenario";
import { EmbeddedSite } from "../site";
import { CliEngine } from "./cli-engine";

const site = new EmbeddedSite();
let engine: CliEngine;
const program = [at("Profile", "it", { name: "p" })];

const profiles = async (): Promise<unknown> => (await site.raw.get("/1.0/profiles")).body.metadata;

beforeAll(async () => (engine = await CliEngine.create(site.proxy.socket)));
beforeEach(() => site.reset());
afterAll(async () => {
  await engine.dispose();
  await site.dispose();
});

it("puts a stack back into a state", { timeout: 60_000 }, async () => {
  const first = await engine.stack();
  expect(await first.run(program)).toEqual({ it: "create" });
  const state = await first.state();
  expect(await first.run("destroy")).toEqual({ it: "delete" });
  expect(await first.isEmpty()).toBe(true);
  const again = await engine.stack(state);
  expect(await again.isEmpty()).toBe(false);
  // A refresh looks, and finds that it is gone.
  await again.run("refresh");
  expect(await again.isEmpty()).toBe(true);
  expect(await (await engine.stack()).run(program)).toEqual({ it: "create" });
});

it.for([
  ["killProvider", /EOF|unavailable|closed|reset/i],
  ["killEngine", /pulumi ended with -1/],
  ["cancel", /the run was cancelled/],
] as const)("%s ends a run, and the next one succeeds", { timeout: 60_000 }, async ([how, failure]) => {
  const stack = await engine.stack();
  const begun = (running: Running): void =>
    site.proxy.arm({
      at: 0,
      strike: (exchange) => {
        running[how]();
        return exchange.pass();
      },
    });
  await expect(stack.run(program, begun)).rejects.toThrow(failure);
  expect(await site.proxy.disarm()).toBe(true);
  expect(await profiles()).not.toContain("/1.0/profiles/p");
  expect(await stack.run(program)).toEqual({ it: "create" });
  expect(await profiles()).toContain("/1.0/profiles/p");
  expect(await stack.run(program)).toEqual({ it: "same" });
});
