// Which stack traces are left out while a resource is constructed, and which are not.
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as lxd from "../../../sdk";
import { shortTraces } from "../../../sdk/resource/short-traces";

interface Traces {
  stackTraceLimit: number;
  prepareStackTrace?: ((error: Error, calls: unknown[]) => unknown) | undefined;
}
const settings = Error as Traces;
const before = {
  ...settings,
  prepareStackTrace: settings.prepareStackTrace,
  stackTraceLimit: settings.stackTraceLimit,
};
const format = vi.fn((error: Error, calls: unknown[]) =>
  [String(error), ...calls.map((call) => `    at ${String(call)}`)].join("\n"),
);

beforeEach(() => {
  format.mockClear();
  Object.assign(settings, { stackTraceLimit: 10, prepareStackTrace: format });
});
afterEach(() => {
  Object.assign(settings, before);
  vi.unstubAllEnvs();
});

function here(): Error {
  return new Error("x");
}

describe("while a resource is constructed", () => {
  it("a trace that is read at once is empty, and one that is read later is complete", () => {
    const restore = shortTraces();
    expect(here().stack).toBe("Error: x");
    const later = here();
    restore();
    expect(later.stack).toContain("at here");
    expect([settings.stackTraceLimit, settings.prepareStackTrace]).toEqual([10, format]);
  });

  it("a trace without a limit is complete", () => {
    const restore = shortTraces();
    const limit = settings.stackTraceLimit;
    settings.stackTraceLimit = Infinity;
    const { stack } = here();
    settings.stackTraceLimit = limit;
    restore();
    expect(stack).toContain("at here");
  });

  it("the line of a resource is that of the program, and what runs the program is not stored", async () => {
    await pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) });
    const make = (): lxd.Instance => new lxd.Instance("vm", {});
    make();
    const traces = format.mock.calls.map(([, calls]) => calls.map(String));
    const complete = traces.find((calls) => calls.some((call) => call.includes("callsites")));
    // Pulumi skips what comes before the fifth line.
    expect(complete?.slice(4)).toEqual([
      expect.stringMatching(/^new (LxdResource|Instance) /),
      expect.stringMatching(/make .*short-traces\.test\.ts/),
      expect.stringMatching(/short-traces\.test\.ts/),
      ...(complete?.slice(7) ?? []),
    ]);
    expect(complete?.at(-1)).not.toMatch(/node:|@pulumi/);
    expect(complete?.slice(5).filter((call) => call.includes("/sdk/resource/"))).toEqual([]);
  });

  it("all traces are complete for somebody who looks for leaks, and without source maps", () => {
    vi.stubEnv("PULUMI_DEBUG_PROMISE_LEAKS", "1");
    shortTraces();
    expect(here().stack).toContain("at here");
    vi.unstubAllEnvs();
    settings.prepareStackTrace = undefined;
    shortTraces();
    expect(here().stack).toContain("at here");
  });

  it("hardly any trace is formatted", async () => {
    await pulumi.runtime.setMocks({ newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) });
    new lxd.Instance("vm", {});
    const { length } = format.mock.calls;
    expect([length > 0, length < 20]).toEqual([true, true]);
  });
});
