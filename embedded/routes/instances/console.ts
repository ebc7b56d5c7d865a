// /1.0/instances/<name>/console: the serial log of a guest, and connections to its port.
import { badRequest, failed } from "../../errors";
import { clearLog, readLog } from "../../guest/console-log";
import { screenPicture } from "../../guest/screen";
import type { Call } from "../../http/call";
import { done, type Reply, running } from "../../http/reply";
import { instanceUrl, requireInstance } from "../../instances/instance";
import { Streams } from "../../operations/operation-streams";

export function getConsole(call: Call): Reply {
  const instance = requireInstance(call);
  const { store, settings } = call.daemon;
  if (instance.type === "virtual-machine" && settings.product.kind === "lxd") {
    throw failed("Instance is not container type");
  }
  if (call.query.get("type") === "vga" && settings.product.has("instance_console_screenshot")) {
    if (call.daemon.guests.serialOf(instance) === undefined) throw failed("Instance is not running");
    const picture = screenPicture();
    return { kind: "body", headers: { "Content-Type": "image/png" }, body: picture };
  }
  // A virtual machine's log reads from its port, which the connected client occupies.
  const isTaken = instance.type === "virtual-machine" && call.daemon.guests.serialOf(instance)?.isTaken === true;
  const body = isTaken ? Buffer.alloc(0) : readLog(store, instance);
  if (body.length === 0 && settings.product.kind === "lxd") throw failed("open : no such file or directory");
  const headers = {
    "Content-Type": "application/octet-stream",
    "Content-Disposition": "inline;filename=",
    "Content-Length": String(body.length),
  };
  return { kind: "body", headers, body };
}

export function clearConsole(call: Call): Reply {
  const instance = requireInstance(call);
  if (instance.type !== "container") throw failed("Instance is not container type");
  clearLog(call.daemon.store, instance);
  return done();
}

export async function openConsole(call: Call): Promise<Reply> {
  const { type = "console" } = await call.json("InstanceConsolePost", { type: "string", width: "int", height: "int" });
  const instance = requireInstance(call);
  const { guests, operations } = call.daemon;
  if (type !== "console") throw badRequest("This daemon simulates serial consoles only");
  const serial = guests.serialOf(instance);
  if (serial === undefined) throw badRequest("Instance is not running");
  if (!serial.claim()) throw failed("This console is already connected. Force is required to take it over.");
  const streams = new Streams<"0" | "control">(["0", "control"]);
  const run = async () => {
    try {
      const sockets = await streams.connected();
      await serial.connect(sockets["0"]);
    } finally {
      serial.release();
    }
  };
  const resources = { instances: [instanceUrl(instance)] };
  const work = { description: "Showing console", project: instance.project, metadata: { fds: streams.fds }, run };
  return running(operations.start({ ...work, resources, streams }));
}
