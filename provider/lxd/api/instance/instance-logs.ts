// Logs that the server keeps for an instance.
import { type Client } from "../../client/core/client";
import { path } from "../../client/transport/paths";
import { isCode } from "../../../base/errors";
import { type InstanceAddress } from "./instances";

/**
 * Returns the commands that Incus 6.0.3 and newer sent to the QEMU process of a virtual machine since its last start;
 * undefined without a log.
 */
export async function readMonitorLog(client: Client, at: InstanceAddress): Promise<string | undefined> {
  try {
    return await client.text(path("instances", at.name, "logs", "qemu.qmp.log"), { project: at.project });
  } catch (error) {
    // Servers without this log reject its name as invalid.
    if (isCode(error, "not-found") || isCode(error, "invalid-argument")) return undefined;
    throw error;
  }
}
