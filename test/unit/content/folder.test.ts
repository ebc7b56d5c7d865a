// The files of a local folder: by the names that an image gives them, whatever separates the parts of a path here.
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, posix, win32 } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { filesBelow, nameBelow } from "../../../provider/content/local-file/folder";

it.each([
  ["C:\\media", "C:\\media\\drivers\\net\\card.inf", win32, "drivers/net/card.inf"],
  ["C:\\media\\", "C:\\media\\setup.cmd", win32, "setup.cmd"],
  ["\\\\server\\share", "\\\\server\\share\\drivers\\net.inf", win32, "drivers/net.inf"],
  ["/srv/media", "/srv/media/drivers/net.inf", posix, "drivers/net.inf"],
  ["/", "/setup.cmd", posix, "setup.cmd"],
  // There a backslash is a character like others.
  ["/srv/media", "/srv/media/a\\b", posix, "a\\b"],
])("names the files below %s as it is in an image", (root, file, platform, name) => {
  expect(nameBelow(root, file, platform)).toBe(name);
});

it("finds files and links, in one order, with the folders that lead to them", async () => {
  const dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-folder-"));
  onTestFinished(() => rm(dir, { recursive: true }));
  await mkdir(join(dir, "b/c"), { recursive: true });
  await writeFile(join(dir, "b/c/2"), "");
  await writeFile(join(dir, "b/1"), "");
  await writeFile(join(dir, "z"), "");
  await symlink("z", join(dir, "a"));
  expect(await filesBelow(dir)).toEqual(["a", "b/1", "b/c/2", "z"]);
  await expect(filesBelow(join(dir, "none"))).rejects.toThrow(/the folder .*none cannot be read/);
});
