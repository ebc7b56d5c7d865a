// /1.0/instances/<name>/logs/<file>: the log of commands to QEMU, which Incus keeps.
import { badRequest, notFound } from "../../errors";
import { readMonitorLog } from "../../guest/monitor-log";
import type { Call } from "../../http/call";
import type { Reply } from "../../http/reply";
import { requireInstance } from "../../instances/instance";

export function getLog(call: Call): Reply {
  const instance = requireInstance(call);
  const file = call.param("file");
  // The output of commands is not kept.
  if (file === "exec-output") throw notFound("not found");
  if (file !== "qemu.qmp.log" || call.daemon.settings.product.kind !== "incus") {
    throw badRequest(`Log file name "${file}" not valid`);
  }
  const body = readMonitorLog(call.daemon.store, instance);
  if (body === undefined) throw notFound(`open logs/${instance.name}/${file}: no such file or directory`);
  const headers = {
    "Content-Type": "application/octet-stream",
    "Content-Disposition": `inline;filename=${file}`,
    "Content-Length": String(body.length),
  };
  return { kind: "body", headers, body };
}
