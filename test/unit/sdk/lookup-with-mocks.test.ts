// Lookups in a unit test with Pulumi's mocks: the mocks answer, and no server of this machine is asked.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as lxd from "../../../sdk";

/** All promises of an output, each of which rejects with it. */
interface Parts {
  promise: () => Promise<unknown>;
  isKnown: Promise<boolean>;
  isSecret: Promise<boolean>;
  allResources?: () => Promise<unknown>;
}

describe("a lookup with mocks", () => {
  const fingerprint = "f".repeat(64);
  let dir = "";
  let server: Server;
  let connections = 0;
  let calls: pulumi.runtime.MockCallArgs[] = [];

  beforeEach(async () => {
    [connections, calls] = [0, []];
    dir = mkdtempSync(join(tmpdir(), "pulumi-lxd-mocks-"));
    server = createServer((socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(join(dir, "unix.socket"), resolve));
    vi.stubEnv("INCUS_SOCKET", join(dir, "unix.socket"));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await new Promise((resolve) => server.close(resolve));
    rmSync(dir, { recursive: true });
    expect(connections).toBe(0);
  });

  async function mock(answer: (token: string) => Record<string, unknown>): Promise<void> {
    const call = (args: pulumi.runtime.MockCallArgs): Record<string, unknown> => {
      calls.push(args);
      return answer(args.token);
    };
    const newResource = ({ name, inputs }: pulumi.runtime.MockResourceArgs): { id: string; state: object } => {
      return { id: name, state: inputs as object };
    };
    await pulumi.runtime.setMocks({ newResource, call }, "project", "stack");
  }

  const known = <T>(output: pulumi.Output<T>): Promise<T> => new Promise((resolve) => output.apply(resolve));

  it("is answered by them, and what it finds is an input of resources", async () => {
    await mock(() => ({ fingerprint, type: "container" }));
    const found = lxd.lookupImage({ alias: pulumi.output("debian/13"), type: "container" });
    const instance = new lxd.Instance("web", { source: { image: found.fingerprint }, rootDisk: { pool: "default" } });
    expect(await known(instance.urn)).toContain("web");
    expect(await known(found.fingerprint)).toBe(fingerprint);
    expect(calls).toMatchObject([
      { token: "lxd:index:lookupImage", inputs: { alias: "debian/13", type: "container" } },
    ]);
  });

  it("of several images has the list that they return", async () => {
    await mock(() => ({ images: [{ fingerprint }] }));
    expect(await known(lxd.lookupImages({ filter: { os: "debian" } }))).toEqual([{ fingerprint }]);
    await mock(() => ({}));
    expect(await known(lxd.lookupImages())).toEqual([]);
    expect(calls.map(({ token }) => token)).toEqual(Array(2).fill("lxd:index:lookupImages"));
  });

  it("that they do not know says what they must return", async () => {
    await mock(() => ({}));
    const found = lxd.lookupImage({ alias: "debian/13" });
    const { isKnown, isSecret, ...of } = found as unknown as Parts;
    const [problem] = await Promise.allSettled([of.promise(), isKnown, isSecret, of.allResources?.()]);
    expect(String((problem as PromiseRejectedResult).reason)).toMatch(
      /mocks .* no image for lxd:index:lookupImage; return \{ fingerprint: "…" \}/,
    );
  });
});
