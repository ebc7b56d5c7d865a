// What a machine shows on its screen, as a picture in a file: some installers say only there what is wrong.
import { constants } from "node:fs";
import { mkdtemp, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readScreen } from "../../../lxd/api/instance/console-log";
import { type InstanceAddress } from "../../../lxd/api/instance/instances";
import { type Client } from "../../../lxd/client/core/client";
import { LxdError } from "../../../base/errors";

const png = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

/** The file, or why there is none: the failure that it would explain must not be lost for that. */
export type Screenshot = { file: string } | { why: string };

/** Undefined of a server that takes no pictures. */
export async function takeScreenshot(client: Client, at: InstanceAddress): Promise<Screenshot | undefined> {
  if (!(await client.info()).extensions.has("instance_console_screenshot")) return undefined;
  try {
    const picture = await readScreen(client, at);
    // Of a machine that has gone off in the meantime Incus 6.0 sends the text of its console instead.
    if (!picture.subarray(0, png.length).equals(png)) return { why: "the server sent no picture" };
    return { file: await keep(`${at.project}-${at.name}.png`, picture) };
  } catch (error) {
    // Incus before 6.19 has QEMU write into a folder that only root may enter, also where QEMU is somebody else.
    return { why: LxdError.from(error).details.why };
  }
}

/**
 * A picture may show what was typed. The folder for temporary files belongs to all users, who could have put links where a
 * name is known in advance: so it goes into a new folder that only its owner may enter, as a new file.
 */
async function keep(name: string, picture: Buffer): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), "pulumi-lxd-screen-")), name);
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  await file.writeFile(picture).finally(() => file.close());
  return path;
}
