// Golden images: built from an ISO to a released image, once for each set of inputs, with a way back.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { describeGoldenImages, type Golden } from "./site";

describeGoldenImages("golden images", (site) => {
  site.testWithGuest("are built, released under their aliases, and have no trace of the builder", async () => {
    const golden = await site.golden();
    expect(await golden.resource.up(golden.args())).toBe("created");
    const [image, ...others] = await golden.images();
    expect(others).toEqual([]);
    expect(image).toMatchObject({
      type: "virtual-machine",
      public: false,
      aliases: [{ name: golden.alias }],
      properties: {
        os: "tiny",
        version: golden.version,
        "inputs-hash": expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        "requirements.secureboot": "false",
      },
    });
    const keys = Object.keys(image?.properties ?? {});
    expect(keys.filter((key) => /boot\.priority|volatile|pending/.test(key))).toEqual([]);
    await hasNoTraces(golden, String(image?.fingerprint));
    expect(await golden.machines()).toEqual([]);
    expect(golden.resource.outputs).toMatchObject({
      fingerprint: image?.fingerprint,
      releasedVersion: golden.version,
      inputsHash: image?.properties["inputs-hash"],
    });
    expect(await golden.resource.up(golden.args())).toBe("same");
    await golden.resource.refresh();
    expect(await golden.resource.up(golden.args())).toBe("same");
    await golden.resource.destroy();
    expect(await golden.images()).toEqual([]);
    expect(await golden.target()).toBeUndefined();
  });

  /** What every copy of the image has in it, and what machines and images come of it. */
  async function hasNoTraces(golden: Golden, fingerprint: string): Promise<void> {
    const dir = await mkdtemp(join(tmpdir(), "golden-image-"));
    const { bytes } = await site.daemon.raw.get(`/1.0/images/${fingerprint}/export`);
    await writeFile(join(dir, "image"), bytes);
    const { stdout: metadata } = await promisify(execFile)("tar", ["-xOf", join(dir, "image"), "metadata.yaml"]);
    await rm(dir, { recursive: true });
    // YAML, which JSON is too.
    expect(metadata).toMatch(/"?os"?: ?"?tiny/);
    expect(metadata).toMatch(/"?requirements\.secureboot"?: ?"?false/);
    const own = /user\.pulumi|urn:pulumi|volatile|boot\.priority|installer|media0/;
    expect(metadata).not.toMatch(own);
    await machineOf(golden, fingerprint);
    const machine = await site.instance(`${golden.name}-user`);
    expect(Object.values(machine.devices).filter((device) => "source" in device || "boot.priority" in device)).toEqual(
      [],
    );
    expect(machine.config["user.pulumi.owner"]).toBeUndefined();
    const source = { type: "instance", name: `${golden.name}-user` };
    const again = String((await site.change("POST", "/1.0/images", { source }))["fingerprint"]);
    expect(JSON.stringify(await site.get(`/1.0/images/${again}`))).not.toMatch(/user\.pulumi|urn:pulumi/);
    await site.change("DELETE", `/1.0/images/${again}`);
    await site.change("DELETE", `/1.0/instances/${golden.name}-user`);
  }

  site.testWithGuest("are built by installers that ask for a key", async () => {
    const golden = await site.golden("key");
    const bootCommand = [{ waitFor: "Press any key", timeout: "40s" }, { key: "enter" }];
    await golden.resource.up(golden.args({ bootCommand }));
    expect(await golden.images()).toHaveLength(1);
    expect(await golden.machines()).toEqual([]);
    await golden.resource.destroy();
  });

  site.testWithSimulation("change in place what is no content", async () => {
    const golden = await site.golden();
    await golden.resource.up(golden.args());
    const [before] = await golden.images();
    const expiresAt = "2031-01-02T00:00:00Z";
    const settings = { aliases: [`${golden.alias}-2`], properties: { release: "12" }, public: true, expiresAt };
    expect(await golden.resource.up(golden.args({ image: settings, keep: 3 }))).toBe("updated");
    const [after, ...others] = await golden.images();
    expect(others).toEqual([]);
    expect(after?.fingerprint).toBe(before?.fingerprint);
    expect(after).toMatchObject({ public: true, aliases: [{ name: `${golden.alias}-2` }] });
    expect(Date.parse(after?.expires_at ?? "")).toBe(Date.parse(expiresAt));
    expect(after?.properties).toMatchObject({ release: "12", version: golden.version });
    expect(after?.properties["os"]).toBeUndefined();
  });

  site.testWithSimulation("put right what others have changed", async () => {
    const golden = await site.golden();
    await golden.resource.up(golden.args());
    await site.change("DELETE", `/1.0/images/aliases/${golden.alias}`);
    await golden.resource.refresh();
    expect(await golden.resource.up(golden.args())).toBe("updated");
    expect(await golden.target()).toBe((await golden.images())[0]?.fingerprint);
    await site.change("DELETE", `/1.0/images/${String(golden.resource.outputs["fingerprint"])}`);
    expect(await golden.resource.refresh()).toBe(false);
    expect(await golden.resource.up(golden.args())).toBe("created");
    expect(await golden.versions()).toEqual([golden.version]);
  });

  site.testWithSimulation("keep as many versions as are wanted, and those that machines rely on", async () => {
    const golden = await site.golden();
    const versions: string[] = [];
    const rebuild = async (memory: string, keep: number): Promise<void> => {
      expect(await golden.resource.up(golden.next({ machine: { memory }, keep }))).toMatch(/created|replaced/);
      versions.push(golden.version);
    };
    await rebuild("256MiB", 2);
    await rebuild("257MiB", 2);
    expect(await golden.versions()).toEqual(versions);
    const relied = (await golden.images())[0]?.fingerprint;
    await machineOf(golden, relied);
    await rebuild("258MiB", 2);
    expect(await golden.versions()).toEqual(versions);
    await site.change("DELETE", `/1.0/instances/${golden.name}-user`);
    expect(await golden.resource.up(golden.args({ machine: { memory: "258MiB" }, keep: 1 }))).toBe("updated");
    expect(await golden.versions()).toEqual(versions.slice(2));
    expect(await golden.target()).toBe((await golden.images())[0]?.fingerprint);
    await golden.resource.destroy();
    expect(await golden.versions()).toEqual([]);
  });

  site.testWithSimulation("do not own what others make of their machines", async () => {
    const golden = await site.golden();
    await golden.resource.up(golden.args());
    await machineOf(golden, await golden.target());
    const source = { type: "instance", name: `${golden.name}-user` };
    const { fingerprint } = await site.change("POST", "/1.0/images", { source });
    const made = await site.get<{ properties: object }>(`/1.0/images/${String(fingerprint)}`);
    expect(Object.keys(made.properties).filter((key) => key.startsWith("user.pulumi."))).toEqual([]);
    await golden.resource.destroy();
    expect(await site.find(`/1.0/images/${String(fingerprint)}`)).toBeDefined();
    await site.change("DELETE", `/1.0/images/${String(fingerprint)}`);
  });

  async function machineOf(golden: Golden, fingerprint: string | undefined): Promise<void> {
    const devices = { root: { type: "disk", path: "/", pool: "default" } };
    const source = { type: "image", fingerprint };
    const machine = { name: `${golden.name}-user`, type: "virtual-machine", profiles: [], devices, source };
    await site.change("POST", "/1.0/instances", machine);
  }

  site.testWithSimulation("go back to a version that is kept", async () => {
    const golden = await site.golden();
    await golden.resource.up(golden.args());
    const first = golden.version;
    const old = await golden.target();
    const changed = golden.next({ machine: { memory: "300MiB" } });
    await golden.resource.up(changed);
    const current = await golden.target();
    expect(current).not.toBe(old);
    expect(await golden.resource.up({ ...changed, pin: first })).toBe("updated");
    expect(await golden.target()).toBe(old);
    expect(golden.resource.outputs).toMatchObject({ fingerprint: old, releasedVersion: first });
    await golden.resource.refresh();
    expect(await golden.resource.up({ ...changed, pin: first })).toBe("same");
    expect(await golden.resource.failures({ ...changed, pin: "nosuch" })).toMatchObject([
      { property: "pin", reason: expect.stringContaining(first) as string },
    ]);
    // A new version is built and kept, but what is pinned stays released, also beyond what is kept.
    const third = golden.next({ machine: { memory: "301MiB" }, keep: 1, pin: first });
    expect(await golden.resource.up(third)).toBe("replaced");
    expect(await golden.target()).toBe(old);
    expect(await golden.versions()).toEqual([first, golden.version]);
    expect(await golden.resource.up({ ...third, pin: undefined })).toBe("updated");
    expect(await golden.versions()).toEqual([golden.version]);
    expect(await golden.target()).toBe((await golden.images())[0]?.fingerprint);
  });
});
