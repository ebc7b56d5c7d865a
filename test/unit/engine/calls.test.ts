// The engine's calls under way, and what ends them: its request to cancel, and its own end.
import { createServer as createHttp2Server, connect as http2 } from "node:http2";
import { createServer, type Socket } from "node:net";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { pause } from "../../../provider/base/abort";
import { Calls } from "../../../provider/engine/pulumi/calls";
import { whenCancelled } from "../../../provider/engine/pulumi/cancel-request";
import { engineAddress, whenGone } from "../../../provider/engine/pulumi/pulumi-engine";
import { LxdError } from "../../../provider/base/errors";

async function listen(server: { listen: (port: number, host: string, done: () => void) => unknown }): Promise<void> {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
}
const portOf = (server: { address: () => unknown }): number => (server.address() as { port: number }).port;

describe("calls", () => {
  it("end when they are stopped, and so do those that come later", async () => {
    const calls = new Calls();
    const signals: AbortSignal[] = [];
    const wait = calls.run((signal) => {
      signals.push(signal);
      return pause(60_000, signal);
    });
    expect(calls.areOver).toBe(false);
    calls.stop("the run was cancelled");
    const told = "the run was cancelled [cancelled]\nRun the command again; it resumes.";
    await expect(wait).rejects.toThrow(told);
    expect(calls.areOver).toBe(true);
    await expect(calls.run((signal) => pause(60_000, signal))).rejects.toThrow(told);
    // What was done in spite of it is done.
    expect(await calls.run(() => Promise.resolve("done"))).toBe("done");
  });

  it("tell of whatever broke off that they were stopped, and during what", async () => {
    const calls = new Calls();
    const broken = new LxdError({ code: "unavailable", doing: "create ISO volume a", why: "the connection broke" });
    const work = calls.run(async (signal) => pause(60_000, signal).catch(() => Promise.reject(broken)));
    calls.stop("the run was cancelled");
    await expect(work).rejects.toMatchObject({
      code: "cancelled",
      message: expect.stringContaining("create ISO volume a: the run was cancelled") as string,
      cause: broken,
    });
  });
});

describe("the engine", () => {
  it("is known in Pulumi's dynamic-provider process only", () => {
    const program = "/p/node_modules/@pulumi/pulumi/cmd/dynamic-provider/index.js";
    expect(engineAddress(["node", program, "127.0.0.1:4711"])).toEqual({ host: "127.0.0.1", port: 4711 });
    expect(engineAddress(["node", program])).toBeUndefined();
    expect(engineAddress(["node", "/p/index.js", "127.0.0.1:4711"])).toBeUndefined();
  });

  it("is gone when nobody takes connections any more, and not when it closes one", async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => sockets.push(socket.on("error", () => undefined)));
    await listen(server);
    const gone = vi.fn();
    whenGone({ host: "127.0.0.1", port: portOf(server) }, gone);
    await vi.waitFor(() => expect(sockets).toHaveLength(1));
    sockets[0]?.destroy();
    await vi.waitFor(() => expect(sockets).toHaveLength(2));
    expect(gone).not.toHaveBeenCalled();
    const closed = new Promise((done) => server.close(done));
    sockets[1]?.destroy();
    await closed;
    await vi.waitFor(() => expect(gone).toHaveBeenCalledOnce());
  });

  it("is seen to cancel by its request, which is answered as before", async () => {
    const server = createHttp2Server();
    server.on("stream", (stream) => {
      stream.respond({ ":status": 200 });
      stream.end();
    });
    await listen(server);
    const session = http2(`http://127.0.0.1:${portOf(server)}`);
    onTestFinished(() => {
      session.close();
      server.close();
    });
    const cancelled = vi.fn();
    whenCancelled(cancelled);
    const ask = (path: string): Promise<unknown> =>
      new Promise((answered) =>
        session.request({ ":path": path, ":method": "POST" }).on("response", answered).resume(),
      );
    await ask("/pulumirpc.ResourceProvider/Create");
    expect(cancelled).not.toHaveBeenCalled();
    expect(await ask("/pulumirpc.ResourceProvider/Cancel")).toMatchObject({ ":status": 200 });
    expect(cancelled).toHaveBeenCalledOnce();
  });

  it("is not listened to in a Node that does not show its handles", () => {
    const process_ = process as { _getActiveHandles?: unknown };
    const handles = process_._getActiveHandles;
    onTestFinished(() => void (process_._getActiveHandles = handles));
    process_._getActiveHandles = undefined;
    expect(() => whenCancelled(vi.fn())).not.toThrow();
  });
});
