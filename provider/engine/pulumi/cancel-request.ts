// Sees the engine's request to cancel. Pulumi's dynamic-provider server answers it and tells nobody, so its server is
// looked up among the handles of this process. All of that is private to Node and Pulumi: where it is otherwise, cancelling
// waits for what goes on, as it would anyway.
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
