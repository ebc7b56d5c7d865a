// Downloads an image's files to the published directory, unless they already exist there.
import { chmod, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { type Fetching, type ImageFile, withImageFiles } from "../images/image-files";
import { type Served, type ServedFile } from "./version";
import { splitMachine } from "./split-machine";

/** Each content has its own path, so that a published file is never replaced by another one. */
export async function fetchInto(fetching: Fetching): Promise<Served> {
  return withImageFiles(fetching, async (files, temporary) => {
    const { image, folder } = fetching;
    const isMachineInOne = files.length === 1 && image.type === "virtual-machine";
    const { fingerprint, parts } = isMachineInOne
      ? await splitMachine(files, temporary)
      : { fingerprint: image.fingerprint, parts: files };
    const madeFrom = isMachineInOne ? image.fingerprint : undefined;
    return { fingerprint, madeFrom, files: await serve(parts, { folder, fingerprint }) };
  });
}

async function serve(
  files: ImageFile[],
  { folder, fingerprint }: { folder: string; fingerprint: string },
): Promise<ServedFile[]> {
  const own = `images/${fingerprint}`;
  await mkdir(join(folder, own), { recursive: true });
  const served: ServedFile[] = [];
  for (const file of files) {
    // Paths in a catalogue are URL paths on every system.
    const path = `${own}/${file.fileName}`;
    // The web server usually runs as another user.
    await chmod(file.path, 0o644);
    await rename(file.path, join(folder, path));
    served.push({ ...file, path });
  }
  return served;
}
