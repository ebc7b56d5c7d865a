// Profiles: what instances share.
import { expect, it } from "vitest";

import { describeEachDaemon, makeInstance, objectAt } from "../harness";

const PROFILES = "/1.0/profiles";

describeEachDaemon("profiles", (daemon) => {
  const path = (suffix: string) => `${PROFILES}/${daemon.name(suffix)}`;
  const make = (suffix: string, more: object = {}) =>
    daemon.raw.post(PROFILES, { name: daemon.name(suffix), description: "", config: {}, devices: {}, ...more });

  it("has one named default, which stays", async () => {
    expect(await objectAt(daemon, `${PROFILES}/default`)).toMatchObject({ name: "default" });
    const deleted = await daemon.raw.delete(`${PROFILES}/default`);
    expect([deleted.status, deleted.body.error]).toEqual([403, 'The "default" profile cannot be deleted']);
  });

  it("is made, changed, renamed and deleted", async () => {
    const made = await make("first", { description: "d", config: { "limits.cpu": "1" } });
    expect([made.status, made.headers.location]).toEqual([201, path("first")]);
    expect(await objectAt(daemon, path("first"))).toMatchObject({ description: "d", config: { "limits.cpu": "1" } });
    await daemon.settle(daemon.raw.put(path("first"), { config: { "limits.cpu": "2" } }));
    expect(await objectAt(daemon, path("first"))).toMatchObject({ description: "", config: { "limits.cpu": "2" } });
    await daemon.settle(daemon.raw.patch(path("first"), { config: { "user.a": "b" } }));
    expect(await objectAt(daemon, path("first"))).toMatchObject({ config: { "limits.cpu": "2", "user.a": "b" } });
    expect((await daemon.raw.post(path("first"), { name: daemon.name("second") })).status).toBe(201);
    expect(await daemon.settle(daemon.raw.delete(path("second")))).toMatchObject({ ok: true });
    expect((await daemon.raw.get(path("second"))).status).toBe(404);
  });

  it("may name volumes that do not exist", async () => {
    const devices = { cd: { type: "disk", pool: "default", source: "nope" } };
    expect((await make("devices", { devices })).status).toBe(201);
    expect(await objectAt(daemon, path("devices"))).toMatchObject({ devices });
  });

  it("gives its config to instances, after which it is in use", async () => {
    await make("used", { config: { "user.a": "profile", "user.b": "profile" } });
    const config = { "user.b": "own" };
    const instance = await makeInstance(daemon, "user", { profiles: [daemon.name("used")], config });
    const { expanded_config: expanded } = await objectAt(daemon, instance);
    expect(expanded).toMatchObject({ "user.a": "profile", "user.b": "own" });
    expect(await objectAt(daemon, path("used"))).toMatchObject({ used_by: [instance] });
    const refused = await daemon.settle(daemon.raw.delete(path("used")));
    expect(refused).toMatchObject({ ok: false });
    expect(refused.error).toBe("Profile is currently in use");
  });

  it.each([
    [{ name: "default" }, /The profile already exists|"default" already exists/],
    [{ name: "" }, /^No name provided$/],
    [{ name: "a/b" }, /^Profile names may not contain slashes$/],
    [{ name: "x", config: { foo: "1" } }, /^Unknown configuration key: foo$/],
    [{ name: "x", config: { "limits.memory": "x" } }, /^Invalid value: x$/],
    [
      { name: "x", devices: { d: { type: "nope" } } },
      /^Device validation failed for "d": Failed loading device "d": Unsupported device type$/,
    ],
    [
      { name: "x", devices: { d: { type: "disk", foo: "1" } } },
      /^Device validation failed for "d": Invalid device option "foo"$/,
    ],
  ])("refuses to make %o", async (body, error) => {
    const reply = await daemon.raw.post(PROFILES, body);
    expect(reply.status).toBeGreaterThanOrEqual(400);
    if (daemon.isModel) expect(reply.body.error).toMatch(error);
  });
});
