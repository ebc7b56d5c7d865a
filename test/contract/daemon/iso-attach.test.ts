// ISO volumes as CDs of virtual machines: attached, in use, swapped, taken out again.
import { beforeAll, expect } from "vitest";

import {
  cd,
  changeInstance,
  CUSTOM,
  describeEachDaemon,
  importIso,
  makeInstance,
  objectAt,
  operationCode,
  postInstance,
  ROOT,
  tinyIso,
} from "../harness";

const ISO = { needs: ["custom_volume_iso"] };

describeEachDaemon("ISO volumes as CDs", (daemon) => {
  const volume = (suffix: string) => `${CUSTOM}/${daemon.name(suffix)}`;
  const url = (suffix: string) => `/1.0/instances/${daemon.name(suffix)}`;

  beforeAll(async () => {
    if (!daemon.has("custom_volume_iso")) return;
    await importIso(daemon, "one");
    await importIso(daemon, "two", tinyIso({ marker: "two" }));
  });

  daemon.test("is named by the users of the volume and of the pool", ISO, async () => {
    await makeInstance(daemon, "user", { devices: { root: ROOT, cd: cd(daemon, "one") } });
    expect((await objectAt(daemon, volume("one")))["used_by"]).toContain(url("user"));
    expect((await objectAt(daemon, "/1.0/storage-pools/default"))["used_by"]).toEqual(
      expect.arrayContaining([url("user"), volume("one")]),
    );
  });

  daemon.test("keeps the volume from being deleted", ISO, async () => {
    await importIso(daemon, "kept");
    const path = await makeInstance(daemon, "keeper", { devices: { root: ROOT, cd: cd(daemon, "kept") } });
    const refused = await daemon.settle(daemon.raw.delete(volume("kept")));
    expect(refused).toMatchObject({ ok: false, code: 400, error: "The storage volume is still in use" });
    expect(await changeInstance(daemon, path, { devices: { root: ROOT } })).toMatchObject({ ok: true });
    expect(await daemon.settle(daemon.raw.delete(volume("kept")))).toMatchObject({ ok: true });
  });

  daemon.test("is swapped by a PUT under If-Match", ISO, async () => {
    const devices = { root: ROOT, cd: cd(daemon, "one", { "boot.priority": "10" }) };
    const path = await makeInstance(daemon, "swap", { devices });
    const before = await daemon.raw.get(path);
    const changed = { root: ROOT, cd: cd(daemon, "two", { "boot.priority": "10" }) };
    expect(await changeInstance(daemon, path, { devices: changed })).toMatchObject({ ok: true });
    expect((await objectAt(daemon, path))["devices"]).toEqual(changed);
    expect((await objectAt(daemon, volume("two")))["used_by"]).toContain(url("swap"));
    expect((await objectAt(daemon, volume("one")))["used_by"]).not.toContain(url("swap"));
    const stale = await daemon.raw.put(path, { devices }, { "If-Match": before.headers.etag ?? "" });
    expect(stale.status).toBe(412);
  });

  daemon.test("is shared by machines, and can be in one twice", ISO, async () => {
    const devices = { root: ROOT, a: cd(daemon, "two"), b: cd(daemon, "two") };
    await makeInstance(daemon, "twice", { devices });
    expect((await objectAt(daemon, volume("two")))["used_by"]).toContain(url("twice"));
  });

  daemon.test("follows a profile that names it, which counts as the user", ISO, async () => {
    const profile = daemon.name("profile");
    await importIso(daemon, "shared");
    await daemon.settle(daemon.raw.post("/1.0/profiles", { name: profile, devices: { cd: cd(daemon, "shared") } }));
    await makeInstance(daemon, "profiled", { profiles: [profile] });
    expect((await objectAt(daemon, volume("shared")))["used_by"]).toEqual([`/1.0/profiles/${profile}`]);
    const expanded = (await objectAt(daemon, url("profiled")))["expanded_devices"];
    expect(expanded).toEqual({ root: ROOT, cd: cd(daemon, "shared") });
    const refused = await daemon.settle(daemon.raw.delete(volume("shared")));
    expect(refused).toMatchObject({ ok: false, error: "The storage volume is still in use" });
  });

  const bad = (suffix: string, device: object, more: object = {}) =>
    daemon.settle(postInstance(daemon, suffix, { devices: { root: ROOT, cd: device }, ...more }));
  const say = 'Failed creating instance record: Failed initializing instance: Failed add validation for device "cd": ';

  daemon.test("is nothing for a container", ISO, async () => {
    const outcome = await bad("container", cd(daemon, "one"), { type: "container", config: {} });
    expect(outcome).toMatchObject({ ok: false, code: operationCode(daemon, 500) });
    expect(outcome.error).toBe(`${say}Custom ISO volumes cannot be used on containers`);
  });

  daemon.test("has no path", ISO, async () => {
    const outcome = await bad("path", cd(daemon, "one", { path: "/mnt" }));
    expect(outcome).toMatchObject({ ok: false, error: `${say}Custom ISO volumes cannot have a path defined` });
  });

  daemon.test("must exist, and its pool too", {}, async () => {
    const missing = await bad("missing", cd(daemon, "nope"));
    const volumeMissing = `${say}Failed loading custom volume: Storage volume not found`;
    // LXD 5.0 says it without the storage's word for it.
    expect(missing).toMatchObject({ ok: false });
    if (daemon.isModel) expect([missing.code, missing.error]).toEqual([404, volumeMissing]);
    const poolless = await bad("poolless", { ...cd(daemon, "one"), pool: "nope" });
    expect(poolless).toMatchObject({ ok: false });
    if (daemon.isModel) {
      expect(poolless.error).toBe(`${say}Failed to get storage pool "nope": Storage pool not found`);
    }
  });

  daemon.test("fails late in an update, too, and leaves the machine as it was", ISO, async () => {
    const path = await makeInstance(daemon, "update");
    const outcome = await changeInstance(daemon, path, { devices: { root: ROOT, cd: cd(daemon, "nope") } });
    const error = 'Failed add validation for device "cd": Failed loading custom volume: Storage volume not found';
    expect(outcome).toMatchObject({ ok: false, wasAsync: true, code: operationCode(daemon, 404), error });
    expect((await objectAt(daemon, path))["devices"]).toEqual({ root: ROOT });
  });
});
