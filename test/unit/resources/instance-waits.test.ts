// A wait for a machine that the daemon takes for broken while it goes off.
import { expect, it } from "vitest";

import { pause } from "../../../provider/base/abort";
import { type WireInstance } from "../../../provider/lxd/api/instance/instances";
import { type Client } from "../../../provider/lxd/client/core/client";
import { waitFor } from "../../../provider/resources/machine/waits";

/** Incus 6.0.4 says so of a machine whose QEMU has just ended by itself. */
const broken = { status: "Error", status_code: 112 };
const off = { status: "Stopped", status_code: 102 };

it("goes on when a machine is in error for a moment only", async () => {
  const says = [broken, broken, off];
  const find = () => {
    const value = { type: "virtual-machine", ...(says.shift() ?? off) } as WireInstance;
    return Promise.resolve({ value, etag: undefined });
  };
  const wait = { condition: "powered-off", timeout: "5s", stableFor: "100ms" } as const;
  const at = { project: "default", name: "vm" };
  // Nobody has had it stopped.
  const get = () => Promise.resolve({ value: {}, etag: undefined });
  await waitFor({
    client: { find, get, pause: (ms: number) => pause(ms, undefined) } as unknown as Client,
    at,
    wait,
    status: () => undefined,
  });
  expect(says).toEqual([]);
});
