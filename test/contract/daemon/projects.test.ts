// Projects: the objects of one are not seen from another.
import { expect, it } from "vitest";

import { cd, CUSTOM, describeEachDaemon, importIso, objectAt, ROOT, tinyIso } from "../harness";

const PROJECTS = "/1.0/projects";

describeEachDaemon("projects", (daemon) => {
  const path = (suffix: string) => `${PROJECTS}/${daemon.name(suffix)}`;
  const make = (suffix: string, more: object = {}) =>
    daemon.raw.post(PROJECTS, { name: daemon.name(suffix), description: "", config: {}, ...more });

  it("has one named default, which stays", async () => {
    expect((await daemon.raw.get(PROJECTS)).body.metadata).toContain(`${PROJECTS}/default`);
    const reply = await daemon.raw.delete(`${PROJECTS}/default`);
    expect([reply.status, reply.body.error]).toEqual([403, "The 'default' project cannot be deleted"]);
  });

  it("is made with features of its own and an empty default profile", async () => {
    expect((await make("own", { description: "d" })).status).toBe(201);
    expect(await objectAt(daemon, path("own"))).toMatchObject({
      description: "d",
      config: { "features.images": "true", "features.profiles": "true", "features.storage.volumes": "true" },
    });
    const profile = await objectAt(daemon, `/1.0/profiles/default?project=${daemon.name("own")}`);
    expect(profile).toMatchObject({ name: "default", config: {}, devices: {} });
    expect(await daemon.settle(daemon.raw.delete(path("own")))).toMatchObject({ ok: true });
    expect((await daemon.raw.get(path("own"))).status).toBe(404);
  });

  daemon.test("keeps its volumes and machines to itself", { needs: ["custom_volume_iso"] }, async () => {
    await make("island");
    const query = `?project=${daemon.name("island")}`;
    await importIso(daemon, "mainland");
    const headers = {
      "Content-Type": "application/octet-stream",
      [daemon.header("name")]: daemon.name("iso"),
      [daemon.header("type")]: "iso",
    };
    expect(await daemon.settle(daemon.raw.post(CUSTOM + query, tinyIso(), headers))).toMatchObject({ ok: true });
    const url = `${CUSTOM}/${daemon.name("iso")}${query}`;
    expect((await daemon.raw.get(CUSTOM + query)).body.metadata).toEqual([url]);
    expect((await daemon.raw.get(`${CUSTOM}/${daemon.name("iso")}`)).status).toBe(404);
    expect((await daemon.raw.get(`${CUSTOM}/${daemon.name("mainland")}${query}`)).status).toBe(404);
    const machine = {
      name: daemon.name("machine"),
      type: "virtual-machine",
      source: { type: "none" },
      profiles: [],
      devices: { root: ROOT, cd: cd(daemon, "iso") },
    };
    expect(await daemon.settle(daemon.raw.post(`/1.0/instances${query}`, machine))).toMatchObject({ ok: true });
    const instance = `/1.0/instances/${daemon.name("machine")}`;
    expect((await daemon.raw.get(`/1.0/instances${query}`)).body.metadata).toEqual([instance + query]);
    expect((await daemon.raw.get(instance)).status).toBe(404);
    expect((await daemon.raw.get("/1.0/instances?all-projects=true")).body.metadata).toContain(instance + query);
    expect(await objectAt(daemon, url)).toMatchObject({ used_by: [instance + query], project: daemon.name("island") });
    const refused = await daemon.settle(daemon.raw.delete(path("island")));
    expect(refused).toMatchObject({ ok: false });
    expect(refused.error).toMatch(/[Oo]nly empty projects can be (removed|deleted)/);
    await daemon.settle(daemon.raw.delete(instance + query));
    await daemon.settle(daemon.raw.delete(url));
    expect(await daemon.settle(daemon.raw.delete(path("island")))).toMatchObject({ ok: true });
  });

  daemon.test(
    "without the feature shares the volumes of the default one",
    { needs: ["custom_volume_iso"] },
    async () => {
      await make("sharing", { config: { "features.storage.volumes": "false" } });
      await importIso(daemon, "common");
      const seen = await objectAt(daemon, `${CUSTOM}/${daemon.name("common")}?project=${daemon.name("sharing")}`);
      expect(seen).toMatchObject({ name: daemon.name("common"), project: "default" });
    },
  );

  it.each([
    [{ name: "" }, "No name provided"],
    [{ name: "a/b" }, "Project names may not contain slashes"],
    [{ name: "a b" }, "Project names may not contain spaces"],
    [{ name: "*" }, "Reserved project name"],
    [{ name: "x", config: { foo: "1" } }, 'Invalid project configuration key "foo"'],
  ])("refuses to make %o", async (body, error) => {
    const reply = await daemon.raw.post(PROJECTS, body);
    expect(reply.status).toBe(400);
    if (daemon.isModel) expect(reply.body.error).toBe(error);
  });

  it("is not asked for together with all projects", async () => {
    const reply = await daemon.raw.get("/1.0/instances?all-projects=true&project=default");
    expect(reply.status).toBe(400);
    expect(reply.body.error).toMatch(/^Cannot specify a project when requesting (all projects|"all-projects")$/);
  });
});
