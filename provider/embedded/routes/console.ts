// /1.0/instances/<name>/console: the serial log of a guest.
import { failed } from "../errors";
import { dropLog, readLog } from "../guest/console-log";
import type { Call } from "../http/call";
import { done, type Reply } from "../http/reply";
import { requireInstance } from "../instances/instance";

export function getConsole(call: Call): Reply {
  const instance = requireInstance(call);
  const { store, settings } = call.daemon;
  if (instance.type === "virtual-machine" && settings.product.kind === "lxd") {
    throw failed("Instance is not container type");
  }
  const body = readLog(store, instance);
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
  dropLog(call.daemon.store, instance);
  return done();
}
