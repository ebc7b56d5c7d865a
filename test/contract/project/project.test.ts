// Projects: made, changed, replaced, drifted, taken over and deleted as resources, and named by others before they exist.
import { expect, test } from "vitest";

import { describeEachDaemon, objectAt, type TestDaemon } from "../harness";
import { StackResource, unknown } from "../harness/stack";

describeEachDaemon("projects as resources", (daemon: TestDaemon) => {
  let count = 0;
  const resource = (name = daemon.name(`p${++count}`)): StackResource =>
    new StackResource("Project", name, daemon.socket);
  const path = (name: string): string => `/1.0/projects/${name}`;
  const onDaemon = (name: string): Promise<Record<string, unknown>> => objectAt(daemon, path(name));

  test("has what the program says; what the server adds is no change", async () => {
    const project = resource();
    const args = {
      description: "a room",
      features: { images: false, networks: false },
      config: { "limits.memory": "1GiB", "limits.instances": 10, "user.a": "b" },
    };
    await project.up(args);
    expect(await onDaemon(project.name)).toMatchObject({
      description: "a room",
      config: {
        "features.images": "false",
        "features.networks": "false",
        "features.profiles": "true",
        "limits.memory": "1GiB",
        "limits.instances": "10",
        "user.a": "b",
        "user.pulumi.owner": project.urn,
      },
    });
    expect(await project.up(args)).toBe("same");
    await project.refresh();
    expect(await project.up({ ...args, config: { ...args.config, "limits.memory": "1024MiB" } })).toBe("same");
    await project.destroy();
    expect((await daemon.raw.get(path(project.name))).status).toBe(404);
  });

  test("changes in place, and keeps what the server has added", async () => {
    const project = resource();
    await project.up({ config: { "limits.instances": 1 } });
    expect(await project.up({ description: "new", features: { images: false }, restricted: true })).toBe("updated");
    const after = await onDaemon(project.name);
    expect(after).toMatchObject({
      description: "new",
      config: { "features.images": "false", "features.profiles": "true", restricted: "true" },
    });
    expect(after["config"]).not.toHaveProperty("limits.instances");
    await project.destroy();
  });

  test("a feature of a project that is not empty is refused in the preview", async () => {
    const project = resource();
    await project.up({});
    await daemon.raw.post(`/1.0/profiles?project=${project.name}`, { name: "inside" });
    const features = { profiles: false, storageVolumes: true };
    expect(await project.failures({ features })).toMatchObject([{ property: "features.profiles" }]);
    await expect(project.destroy()).rejects.toThrow(
      /the project is in use by profiles\/inside of project .* \[in-use\]/,
    );
    expect(await onDaemon(project.name)).toMatchObject({ name: project.name });
    await daemon.settle(daemon.raw.delete(`/1.0/profiles/inside?project=${project.name}`));
    await project.destroy();
    expect((await daemon.raw.get(path(project.name))).status).toBe(404);
  });

  test("what was changed by hand is shown by refresh and put right by the next up", async () => {
    const project = resource();
    const args = { config: { "user.a": "1" } };
    await project.up(args);
    const { config } = await onDaemon(project.name);
    const byHand = { ...(config as object), "user.a": "2", "user.b": "2", "features.images": "false" };
    await daemon.settle(daemon.raw.put(path(project.name), { description: "", config: byHand }));
    await project.refresh();
    expect(project.inputs["config"]).toEqual({ "user.a": "2", "user.b": "2", "features.images": "false" });
    expect(await project.up(args)).toBe("updated");
    expect((await onDaemon(project.name))["config"]).toEqual(config);
    await project.destroy();
  });

  test("another name is a replacement, and one that others have made is imported as it is", async () => {
    const project = resource();
    await project.up({});
    const name = daemon.name("other");
    await daemon.raw.post("/1.0/projects", { name, config: { "user.by": "hand" } });
    expect((await resource().failures({ name }))[0]?.reason).toContain(`Pass { import: "${name}" } to adopt it`);
    const imported = resource(name);
    imported.forgetProcess();
    expect(await imported.failures({ __import: name })).toMatchObject([{ property: 'config["user.by"]' }]);
    expect(await imported.up({ __import: name, config: { "user.by": "hand" } })).toBe("created");
    expect((await onDaemon(name))["config"]).toHaveProperty(["user.pulumi.owner"], imported.urn);
    await imported.destroy();
    expect(await project.preview({ name })).toMatchObject({ replaces: ["name"], deleteBeforeReplace: false });
    expect(await project.up({ name })).toBe("replaced");
    await project.destroy();
  });

  test("what is to be made in a project can be previewed before the project is there", async () => {
    const name = daemon.name("planned");
    const inside = (kindName: "Profile" | "Instance" | "Image" | "IsoVolume"): StackResource =>
      new StackResource(kindName, "inside", daemon.socket);
    const args = { project: name };
    expect(await inside("Profile").failures(args)).toMatchObject([{ property: "project" }]);
    const project = resource(name);
    expect(await project.failures({})).toEqual([]);
    expect(await inside("Profile").failures(args)).toEqual([]);
    const machine = { ...args, type: "virtual-machine", profiles: ["inside"] };
    expect(await inside("Instance").failures(machine)).toEqual([]);
    expect(await inside("Image").failures({ ...args, source: { url: unknown } })).toEqual([]);
    if (!daemon.has("custom_volume_iso")) return;
    const iso = { ...args, pool: "default", source: { files: { a: { text: "b" } }, label: "A" } };
    expect(await inside("IsoVolume").failures(iso)).toEqual([]);
  });

  test("all that is wrong is said at once, and what is not known yet passes", async () => {
    const failures = await resource().failures({
      name: "a/b",
      features: { image: true },
      config: { "features.images": "true", "user.pulumi.owner": "me" },
    });
    expect(failures.map(({ property }) => property).sort()).toEqual([
      'config["user.pulumi.owner"]',
      "features.image",
      "name",
    ]);
    const twice = { features: { images: true }, config: { "features.images": "true" } };
    expect(await resource().failures(twice)).toMatchObject([{ property: 'config["features.images"]' }]);
    expect(await resource().failures({ name: unknown, config: unknown, features: { images: unknown } })).toEqual([]);
  });
});
