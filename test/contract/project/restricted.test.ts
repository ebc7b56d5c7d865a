// A client whose certificate is restricted to a project: everything works there, and the preview says where it does not.
import { createHash, X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, vi } from "vitest";
import { selfSigned } from "../../unit/content/url/certificate";
import { describeEachDaemon, type TestDaemon, textAt, tinyImage, writeTinyIso } from "../harness";
import { httpsAddress } from "../harness/https";
import { StackResource } from "../harness/stack";

describeEachDaemon({ name: "a restricted client", on: ["incus-cluster", "lxd"] }, (daemon: TestDaemon) => {
  const iso = { needs: ["custom_volume_iso"], timeoutMs: 60_000 };
  const { cert, key } = selfSigned();
  const { raw } = new X509Certificate(cert);
  const [mine, theirs] = [daemon.name("mine"), daemon.name("theirs")];
  let dir = "";
  let remote: object = {};

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-restricted-"));
    await writeFile(join(dir, "client.crt"), cert);
    await writeFile(join(dir, "client.key"), key);
    await writeFile(join(dir, "x.tar.gz"), tinyImage({ properties: { description: daemon.prefix } }));
    await writeTinyIso(join(dir, "x.iso"), { marker: daemon.prefix });
    const { metadata } = (await daemon.raw.get("/1.0")).body;
    remote = {
      address: `https://${await httpsAddress(daemon.raw)}`,
      serverCertificateFingerprint: textAt(metadata, "environment", "certificate_fingerprint"),
    };
    for (const name of [mine, theirs]) {
      expect((await daemon.raw.post("/1.0/projects", { name, description: "", config: {} })).status).toBe(201);
    }
    const trusted = { name: daemon.name("client"), type: "client", certificate: raw.toString("base64") };
    const reply = await daemon.raw.post("/1.0/certificates", { ...trusted, restricted: true, projects: [mine] });
    expect(reply.status).toBe(201);
  });
  beforeEach(() => {
    vi.stubEnv("INCUS_CONF", dir);
    return () => {
      vi.unstubAllEnvs();
    };
  });
  afterAll(async () => {
    await daemon.raw.delete(`/1.0/certificates/${createHash("sha256").update(raw).digest("hex")}`);
    await rm(dir, { recursive: true });
  });

  type Tried = "Image" | "Instance" | "IsoVolume" | "StorageVolume";
  const resource = (kindName: Tried): StackResource =>
    new StackResource(kindName, daemon.name(kindName.toLowerCase()), daemon.socket);
  const told = async (kindName: Tried, args: object): Promise<string> =>
    (await resource(kindName).failures({ remote, ...args }))
      .map(({ property, reason }) => `${property}: ${reason}`)
      .join();

  daemon.test("has images and instances in its project", { timeoutMs: 60_000 }, async () => {
    const [image, instance] = [resource("Image"), resource("Instance")];
    const source = { file: join(dir, "x.tar.gz") };
    expect(await image.up({ remote, project: mine, source })).toBe("created");
    const { fingerprint } = image.outputs;
    const machine = { type: "container", running: false, profiles: [], rootDisk: { pool: "default" } };
    const args = { remote, project: mine, ...machine, source: { image: fingerprint } };
    expect(await instance.up(args)).toBe("created");
    expect((await daemon.raw.get(`/1.0/instances/${instance.name}?project=${mine}`)).status).toBe(200);
    expect(await instance.refresh()).toBe(true);
    expect(await instance.up(args)).toBe("same");
    await instance.destroy();
    await image.destroy();
    expect((await daemon.raw.get(`/1.0/images/${String(fingerprint)}?project=${mine}`)).status).toBe(404);
  });

  daemon.test("has ISO volumes in its project", iso, async () => {
    const volume = resource("IsoVolume");
    const args = { remote, project: mine, pool: "default", source: { file: join(dir, "x.iso") } };
    expect(await volume.up(args)).toBe("created");
    expect(await volume.refresh()).toBe(true);
    expect(await volume.up(args)).toBe("same");
    await volume.destroy();
    expect((await daemon.raw.get(`/1.0/storage-pools/default/volumes/custom?project=${mine}`)).body.metadata).toEqual(
      [],
    );
  });

  const args = { Image: {}, Instance: {}, IsoVolume: {} } as Record<"Image" | "Instance" | "IsoVolume", object>;
  args.Instance = { type: "virtual-machine", profiles: [], rootDisk: { pool: "default" } };

  daemon.test("is told in the preview that it may not use another project, and which ones it may", {}, async () => {
    const refused = `project: this client may not use the project "${theirs}"; it may use: ${mine} [permission-denied]`;
    const file = { source: { file: join(dir, "x.tar.gz") } };
    expect(await told("Image", { project: theirs, ...file })).toContain(refused);
    expect(await told("Instance", { project: theirs, ...args.Instance })).toContain(refused);
    expect(await told("Instance", { project: "nowhere", ...args.Instance })).toContain("may not use the project");
    if (!daemon.has("custom_volume_iso")) return;
    const medium = { pool: "default", source: { file: join(dir, "x.iso") } };
    expect(await told("IsoVolume", { project: theirs, ...medium })).toContain(refused);
  });

  daemon.test("is told so of the default project too", {}, async () => {
    const refused = `this client may not use the project "default"; it may use: ${mine} [permission-denied]`;
    expect(await told("Instance", { ...args.Instance, profiles: ["default"] })).toBe(`project: ${refused}`);
    expect(await told("StorageVolume", { pool: "default" })).toBe(`project: ${refused}`);
  });

  daemon.test("is told of a pool that is not there, even by a server that does not show it all", {}, async () => {
    const text = await told("Instance", { ...args.Instance, project: mine, rootDisk: { pool: "nowhere" } });
    expect(text).toContain('rootDisk.pool: there is no storage pool "nowhere"');
  });
});
