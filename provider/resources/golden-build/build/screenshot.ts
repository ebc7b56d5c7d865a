// Saves a screenshot of an instance to a file: some installers show only there what went wrong.
import { constants } from "node:fs";
import { mkdtemp, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readScreen } from "../../../lxd/api/instance/console-log";
import { type InstanceAddress } from "../../../lxd/api/instance/instances";
import { type Client } from "../../../lxd/client/core/client";
import { LxdError } from "../../../base/errors";

const png = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

/** The file, or why there is none. A missing screenshot must not hide the failure that it would explain. */
export type Screenshot = { file: string } | { why: string };

/** Undefined if the server does not support screenshots. */
export async function takeScreenshot(client: Client, at: InstanceAddress): Promise<Screenshot | undefined> {
  if (!(await client.info()).extensions.has("instance_console_screenshot")) return undefined;
  try {
    const picture = await readScreen(client, at);
    // For an instance that has stopped in the meantime, Incus 6.0 returns its console text instead.
    if (!picture.subarray(0, png.length).equals(png)) return { why: "the server returned no screenshot" };
    return { file: await keep(`${at.project}-${at.name}.png`, picture) };
  } catch (error) {
    // Incus before 6.19 lets QEMU write to a folder that only root may enter, even if QEMU runs as another user.
    return { why: LxdError.from(error).details.why };
  }
}

/**
 * A screenshot may show typed secrets. The temporary directory is shared by all users, who could place links under
 * predictable names, so the file is created in a new folder that only its owner may enter.
 */
async function keep(name: string, picture: Buffer): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "pulumi-lxd-screen-")), name);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  await file.writeFile(picture).finally(() => file.close());
  return path;
}
