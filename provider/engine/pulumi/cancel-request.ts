// Detects the engine's request to cancel. Pulumi's dynamic-provider server answers it without notifying providers, so
// this looks up that server among the handles of the process. All of this is private to Node and Pulumi: where it does
// not work, a cancelled run waits for the calls in progress, as it would without it.
import { type Http2Server } from "node:http2";
import { Server } from "node:net";

const cancelPath = "/pulumirpc.ResourceProvider/Cancel";

export function whenCancelled(cancelled: () => void): void {
  for (const server of http2Servers()) {
    server.on("stream", (_stream, headers) => {
      if (headers[":path"] === cancelPath) cancelled();
    });
  }
}

function http2Servers(): Http2Server[] {
  const { _getActiveHandles: handles } = process as { _getActiveHandles?: () => unknown[] };
  const active = handles?.call(process) ?? [];
  return active.filter(
    (handle): handle is Http2Server => handle instanceof Server && handle.constructor.name === "Http2Server",
  );
}
