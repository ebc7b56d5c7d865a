// /1.0/instances/<name>/files: the files of a simulated guest.
import { buffer } from "node:stream/consumers";

import { badRequest, failed, notFound } from "../../errors";
import { FileSystem } from "../../guest/file-system";
import type { Call } from "../../http/call";
import { done, type Reply } from "../../http/reply";
import { requireInstance } from "../../instances/instance";
import { hasAgent } from "../../instances/state-view";
import type { GuestFile } from "../../store/records";

/** A container's files are always accessible, a virtual machine's only through its agent. */
function filesOf(call: Call): { files: FileSystem; path: string } {
  const instance = requireInstance(call);
  const path = call.query.get("path") ?? "";
  if (path === "") throw badRequest("Missing path argument");
  const isReachable =
    instance.type === "container" || (instance.status !== "Stopped" && hasAgent(call.daemon.store, instance));
  if (!isReachable) throw failed("VM agent isn't currently running");
  return { files: new FileSystem(call.daemon.store, instance), path };
}

/** The error text of LXD 6.8 and newer, which names the instance; Incus returns only "Not Found". */
function noFile(call: Call, path: string): Error {
  if (call.daemon.settings.product.kind === "incus") return notFound("Not Found");
  const instance = requireInstance(call);
  return notFound(`Failed accessing "${path}" in instance "${instance.name}": file does not exist`);
}

function headersOf(call: Call, { type, uid, gid, mode, modifiedAt }: GuestFile): Record<string, string> {
  const { product } = call.daemon.settings;
  const header = (name: string) => `${product.headerPrefix}${name}`;
  return {
    [header("type")]: type,
    [header("uid")]: String(uid),
    [header("gid")]: String(gid),
    [header("mode")]: `0${mode.toString(8).padStart(3, "0")}`,
    [header("modified")]: modifiedAt,
  };
}

export function getFile(call: Call): Reply {
  const { files, path } = filesOf(call);
  const found = files.find(path);
  if (found === undefined) throw noFile(call, path);
  const headers = headersOf(call, found);
  if (found.type === "directory") return { kind: "sync", metadata: files.list(path), headers };
  const body = Buffer.from(found.content, found.type === "file" ? "base64" : "utf8");
  const more = { "Content-Type": "application/octet-stream", "Content-Length": String(body.length) };
  return { kind: "body", headers: { ...headers, ...more }, body };
}

export async function postFile(call: Call): Promise<Reply> {
  const { files, path } = filesOf(call);
  const number = (name: string, base = 10): number | undefined => {
    const text = call.productHeader(name);
    return text === "" ? undefined : parseInt(text, base);
  };
  const modeText = call.productHeader("mode");
  const type = call.productHeader("type") || "file";
  const usual = type === "directory" ? 0o755 : 0o644;
  // Like Go: without a leading zero the number is decimal.
  const mode = modeText === "" ? usual : (number("mode", modeText.startsWith("0") ? 8 : 10) ?? usual) & 0o7777;
  const owner = { uid: number("uid") ?? 0, gid: number("gid") ?? 0, mode };
  const bytes = await buffer(call.body);
  if (type === "directory") files.makeDirectory(path, owner);
  else if (type === "symlink") files.link(path, bytes.toString(), owner);
  else files.write(path, bytes, owner);
  return done();
}

export function deleteFile(call: Call): Reply {
  const { files, path } = filesOf(call);
  files.delete(path);
  return done();
}
