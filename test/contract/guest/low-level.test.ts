// Commands and files in guests, as all kinds that reach into one use them.
import { Readable } from "node:stream";
import { beforeAll, describe, expect, test } from "vitest";

import { runCommand } from "../../../provider/lxd/api/instance/exec";
import { deleteFile, findEntry, makeDirectory, writeFile } from "../../../provider/lxd/api/instance/guest-files";
import { Client } from "../../../provider/lxd/client/core/client";
import { UnixTransport } from "../../../provider/lxd/client/transport/unix-transport";
import { describeEachDaemon, makeInstance, ROOT, setState, type TestDaemon, uploadImage } from "../harness";

/** A running container of the run's own. */
export async function startContainer(daemon: TestDaemon, suffix: string): Promise<string> {
  const fingerprint = await uploadImage(daemon, suffix);
  const more = { type: "container", source: { type: "image", fingerprint }, config: {} };
  const path = await makeInstance(daemon, suffix, { ...more, devices: { root: { ...ROOT, size: "64MiB" } } });
  const outcome = await setState(daemon, path, { action: "start" });
  if (!outcome.ok) throw new Error(outcome.error);
  return path;
}

describeEachDaemon("a running guest", (daemon) => {
  let path = "";
  let client: Client;
  beforeAll(async () => {
    path = await startContainer(daemon, "guest");
    client = new Client(new UnixTransport(daemon.socket));
  });
  const at = (): { project: string; name: string } => ({ project: "default", name: daemon.name("guest") });
  const sh = (script: string, more: object = {}): ReturnType<typeof runCommand> =>
    runCommand(client, at(), { command: ["/bin/sh", "-c", script], timeoutMs: 10_000, ...more });
  const bytes = (text: string): { stream: Readable; sizeBytes: number } => ({
    stream: Readable.from([Buffer.from(text)]),
    sizeBytes: text.length,
  });

  describe("runs commands", () => {
    test("with an environment, a folder and a user, and tells their outputs and exit code apart", async () => {
      const more = { environment: { WORD: "a b" }, cwd: "/tmp", user: 1000, group: 7 };
      const script = 'echo "$WORD"; /bin/busybox pwd; /bin/busybox id -u; echo oops >&2; exit 3';
      expect(await sh(script, more)).toEqual({
        exitCode: 3,
        stdout: "a b\n/tmp\n1000\n",
        stderr: "oops\n",
        isWhole: true,
      });
    });

    test("and leaves nothing of them on the server", async () => {
      await sh("echo secret");
      const folder = daemon.product === "incus" ? "logs/exec-output" : "logs";
      const { body } = await daemon.raw.get(`${path}/${folder}`);
      const logs = body.type === "sync" ? (body.metadata as string[]) : [];
      expect(logs.filter((log) => log.includes("exec_"))).toEqual([]);
    });

    test("and keeps the end of what is too much", async () => {
      const { stdout } = await sh("echo 12345; echo 67890", { keptBytes: 6 });
      expect(stdout).toBe("[only the last 6 bytes are kept]\n67890\n");
    });

    test("and kills what takes too long", async () => {
      const late = sh("echo begun; /bin/busybox sleep 60; echo done > /tmp/late", { timeoutMs: 1000 });
      await expect(late).rejects.toThrow(/sh did not finish within 1 s and was killed[^]*\[timeout\]/);
      expect((await sh("/bin/busybox cat /tmp/late")).exitCode).toBe(1);
    });

    test("and says which cannot be found", async () => {
      const missing = runCommand(client, at(), { command: ["no-such-program"], timeoutMs: 10_000 });
      await expect(missing).rejects.toThrow("Command not found");
    });
  });

  describe("takes files", () => {
    const inGuest = (path: string): { project: string; name: string; path: string } => ({ ...at(), path });
    const owner = { uid: 3, gid: 4, mode: 0o640 };

    test("with owner and mode, which an existing file keeps", async () => {
      await writeFile(client, inGuest("/tmp/a"), { ...owner, ...bytes("hello") });
      await writeFile(client, inGuest("/tmp/a"), { uid: 5, gid: 5, mode: 0o600, ...bytes("hi") });
      const reply = await daemon.raw.get(`${path}/files?path=/tmp/a`);
      expect(reply.bytes.toString()).toBe("hi");
      const header = (name: string): unknown => reply.headers[daemon.header(name).toLowerCase()];
      expect([header("uid"), header("gid"), header("mode"), header("type")]).toEqual(["3", "4", "0640", "file"]);
      const chunks: Buffer[] = [];
      const found = await findEntry(client, inGuest("/tmp/a"), { receive: (chunk) => chunks.push(chunk) });
      expect(found).toEqual({ ...owner, type: "file", sizeBytes: 2, isRead: true });
      expect(Buffer.concat(chunks).toString()).toBe("hi");
      const unread = { sizeBytes: 2, isRead: false };
      expect(await findEntry(client, inGuest("/tmp/a"), { maxBytes: 1 })).toMatchObject(unread);
      expect((await sh("/bin/busybox cat /tmp/a")).stdout).toBe("hi");
    });

    test("empty ones too", async () => {
      await writeFile(client, inGuest("/tmp/empty"), { ...owner, stream: Readable.from([]), sizeBytes: 0 });
      expect((await daemon.raw.get(`${path}/files?path=/tmp/empty`)).bytes).toHaveLength(0);
    });

    test("in folders that are there, and makes those", async () => {
      const file = { ...owner, ...bytes("x") };
      await expect(writeFile(client, inGuest("/srv/a/b"), file)).rejects.toThrow(/Not Found|file does not exist/);
      await makeDirectory(client, inGuest("/srv"), { uid: 1, gid: 2, mode: 0o700 });
      await makeDirectory(client, inGuest("/srv"), { uid: 0, gid: 0, mode: 0o755 });
      const found = await findEntry(client, inGuest("/srv"));
      expect(found).toMatchObject({ type: "directory", uid: 1, gid: 2, mode: 0o700 });
    });

    test("and gives them up, once or twice", async () => {
      await writeFile(client, inGuest("/tmp/b"), { ...owner, ...bytes("x") });
      await deleteFile(client, inGuest("/tmp/b"));
      await deleteFile(client, inGuest("/tmp/b"));
      expect((await daemon.raw.get(`${path}/files?path=/tmp/b`)).status).toBe(404);
      expect(await findEntry(client, inGuest("/tmp/b"))).toBeUndefined();
      const gone = findEntry(client, { ...inGuest("/tmp/b"), name: daemon.name("gone") });
      await expect(gone).rejects.toThrow("not found");
    });
  });
});
