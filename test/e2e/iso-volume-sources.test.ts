// Where the content of ISO volumes comes from, by the real CLI on a real daemon, and what a real guest reads of it.
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { describeEachDaemon, type TestDaemon, tinyIso } from "../contract/harness";
import { selfSigned } from "../unit/content/url/certificate";
import { linuxIso, missingLinux } from "./guest/linux-guest";
import { errorsOf, IsoStack, stepsOf, succeed } from "./iso-volume/stack";

const iso = { needs: ["custom_volume_iso"], timeoutMs: 180_000 };
const secret = "correct horse battery staple";
const longName = "A long Name, with spaces & Capitals.txt";

describeEachDaemon({ name: "Sources of ISO volumes", on: ["incus"] }, (daemon: TestDaemon) => {
  let stack: IsoStack;
  let noGuest: string | undefined;
  let printed = "";
  const installer = tinyIso({ marker: `installer of ${daemon.prefix}` });
  const requests: string[] = [];
  let isBroken = true;
  const { cert, key } = selfSigned();
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    // The check asks for the start of the file, to see what it is.
    if (/^bytes=0-\d+$/.test(request.headers.range ?? "")) {
      response.end(installer);
      return;
    }
    requests.push(request.url ?? "");
    if (request.url === "/SHA256SUMS") {
      response.end(`${createHash("sha256").update(installer).digest("hex")}  installer.iso\n`);
    } else if (!isBroken) response.end(installer);
    else if (request.headers.range === undefined && requests.length < 3) {
      response.writeHead(200, { "content-length": installer.length });
      response.write(installer.subarray(0, 20_000), () => setTimeout(() => response.destroy(), 20));
    } else response.destroy();
  };
  const plain = createServer(listener);
  const secure = createTlsServer({ cert, key }, listener);
  const originOf = (server: typeof plain): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;

  const download = (): string => `
    const installer = new lxd.IsoVolume("${daemon.name("installer")}", { pool: "default", source: {
      url: "http://${originOf(plain)}/installer.iso", checksum: "https://${originOf(secure)}/SHA256SUMS" } });`;
  const program = (text: string): string => `
    ${download()}
    const { StringAsset, FileAsset, FileArchive } = pulumi.asset;
    const answers = new lxd.IsoVolume("${daemon.name("answers")}", { pool: "default", source: { label: "cidata", files: {
      "user-data": new pulumi.Config().requireSecret("password"),
      "${longName}": new StringAsset("${text}"),
      "from/a/file.txt": new FileAsset("./given.txt"),
      drivers: new FileArchive("./drivers"),
      "bytes.bin": Uint8Array.from([98, 121, 116, 101, 115]),
    } } });
    new lxd.IsoVolume("${daemon.name("copy")}", { pool: "default", source: { volume: answers } });
    ${noGuest === undefined ? guest : ""}
    exports.answers = answers.name;
  `;
  const guest = `
    const boot = new lxd.IsoVolume("${daemon.name("boot")}", { pool: "default", source: { file: "boot.iso" } });
    new lxd.Instance("${daemon.name("vm")}", {
      type: "virtual-machine", profiles: [], running: true,
      rootDisk: { pool: "default", size: "16MiB" },
      cdroms: [{ volume: boot, bootPriority: 10 }, { volume: answers }],
      config: { "security.secureboot": false, "limits.memory": "384MiB" },
    });`;

  const up = async (): Promise<string[]> => {
    const result = await succeed(stack.project.up());
    printed += result.stdout + result.stderr;
    return stepsOf(result);
  };
  const volumeOf = async (name: string) => (await stack.volumes()).filter((v) => v.name.startsWith(daemon.name(name)));

  beforeAll(async () => {
    for (const server of [plain, secure]) await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    noGuest = await missingLinux();
    // The certificate of the loopback server, for the provider's process.
    stack = await IsoStack.create(daemon, download(), { NODE_EXTRA_CA_CERTS: "ca.pem" });
    await stack.write("ca.pem", cert);
    await stack.write("given.txt", "from a file");
    await mkdir(join(stack.project.dir, "drivers/net"), { recursive: true });
    await stack.write("drivers/net/card.inf", "a driver");
    if (noGuest === undefined) await linuxIso(join(stack.project.dir, "boot.iso"));
    await stack.project.setConfig("password", secret, { secret: true });
  }, 120_000);
  afterAll(async () => {
    for (const server of [plain, secure]) server.close();
    await stack.dispose();
  });

  daemon.test("a transfer that breaks for good leaves nothing, and says what broke", iso, async () => {
    const broken = await stack.project.up();
    expect(broken.code).not.toBe(0);
    expect(errorsOf(broken)).toMatch(/create ISO volume .*the transfer .*\[unavailable\] \(GET http.*installer\.iso/);
    expect(await stack.volumes()).toEqual([]);
    const { resources = [] } = (await stack.project.exportStack()).deployment;
    expect(resources.filter(({ type }) => type.endsWith("IsoVolume"))).toEqual([]);
  });

  daemon.test("the next `up` brings it, and all that is made from files and volumes", iso, async () => {
    isBroken = false;
    requests.length = 0;
    await stack.setBody(program("first text"));
    await up();
    expect(requests.filter((path) => path === "/installer.iso")).toHaveLength(1);
    expect(await volumeOf("installer")).toMatchObject([
      { content_type: "iso", config: { size: String(installer.length) } },
    ]);
    const [answers] = await volumeOf("answers");
    expect(answers).toMatchObject({ content_type: "iso" });
    expect(await volumeOf("copy")).toMatchObject([{ content_type: "iso", config: { size: answers?.config["size"] } }]);
  });

  daemon.test("no web server is asked for what is there already", iso, async () => {
    requests.length = 0;
    expect(await stack.project.refresh({ expectNoChanges: true })).toMatchObject({ code: 0 });
    expect(await stack.project.preview({ expectNoChanges: true })).toMatchObject({ code: 0 });
    expect(requests).toEqual([]);
  });

  daemon.test("a secret among the files is one everywhere but on the medium", iso, async () => {
    expect(printed).toContain(daemon.name("answers"));
    expect(printed).not.toContain(secret);
    const exported = JSON.stringify(await stack.project.exportStack());
    expect(exported).toContain(daemon.name("answers"));
    for (const text of [exported, await stack.project.stateText()]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(secret).toString("base64"));
    }
  });

  const needsGuest = { ...iso, missing: () => noGuest };
  daemon.test("a guest reads every file of a generated image by its whole name", needsGuest, async () => {
    expect(await lastMedium(daemon, (files) => files.length > 0)).toEqual(filesOf("first text"));
  });

  daemon.test("a guest that runs on reads the new image after `up`", needsGuest, async () => {
    const pid = await stack.pidOf(daemon.name("vm"));
    await stack.setBody(program("second text"));
    expect(await up()).toContain(`update ${daemon.name("vm")}`);
    expect(await lastMedium(daemon, (files) => files.join().includes("second text"))).toEqual(filesOf("second text"));
    expect(await stack.pidOf(daemon.name("vm"))).toBe(pid);
  });

  daemon.test("nothing remains after `destroy`", iso, async () => {
    await succeed(stack.project.destroy());
    expect(await stack.volumes()).toEqual([]);
  });
});

/** As the guest lists them. */
function filesOf(text: string): string[] {
  return [
    `./${longName}: ${text}`,
    "./bytes.bin: bytes",
    "./drivers/net/card.inf: a driver",
    "./from/a/file.txt: from a file",
    `./user-data: ${secret}`,
  ];
}

/** The files that the guest of this run has listed last on its serial console, once they are as awaited. */
async function lastMedium(daemon: TestDaemon, isAwaited: (files: string[]) => boolean): Promise<string[]> {
  let console = "";
  for (let second = 0; second < 75; second++) {
    const { bytes } = await daemon.raw.get(`/1.0/instances/${daemon.name("vm")}/console`);
    console = (console + bytes.toString()).slice(-100_000);
    const listings = [...console.matchAll(/medium begins\r?\n(.*?)\r?\nmedium ends/gs)];
    const files = listings.at(-1)?.[1]?.split(/\r?\n/) ?? [];
    if (isAwaited(files)) return files;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  throw new Error(`the guest did not list what was awaited; its console:\n${console.slice(-3_000)}`);
}
