// What a machine shows on its screen, as a picture in a file: some installers say only there what is wrong.
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readScreen } from "../../api/console-log";
import { type InstanceAddress } from "../../api/instances";
import { type Client } from "../../client/client";
import { LxdError } from "../../errors";

const folder = "pulumi-lxd-screens";
const png = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");

/** The file, or why there is none: the failure that it would explain must not be lost for that. */
export type Screen = { file: string } | { why: string };

/** Undefined of a server that takes no pictures. */
export async function takeScreen(client: Client, at: InstanceAddress): Promise<Screen | undefined> {
  if (!(await client.info()).extensions.has("instance_console_screenshot")) return undefined;
  try {
    const picture = await readScreen(client, at);
    // Of a machine that has gone off in the meantime Incus 6.0 sends the text of its console instead.
    if (!picture.subarray(0, png.length).equals(png)) return { why: "the server sent no picture" };
    const dir = join(tmpdir(), folder);
    // It may show what was typed, and others can read the folder for temporary files.
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const file = join(dir, `${at.project}-${at.name}.png`);
    await writeFile(file, picture, { mode: 0o600 });
    return { file };
  } catch (error) {
    // Incus before 6.19 has QEMU write into a folder that only root may enter, also where QEMU is somebody else.
    return { why: LxdError.from(error).details.why };
  }
}
