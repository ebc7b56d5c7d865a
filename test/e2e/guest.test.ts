// What happens inside guests, by the real CLI: files, commands with triggers, a snapshot that is restored, secrets.
import { afterAll, beforeAll, expect } from "vitest";
import { describeEachDaemon, type TestDaemon, uploadImage } from "../contract/harness";
import { IsoStack, stepsOf, succeed } from "./iso-volume/stack";

describeEachDaemon({ name: "Guests of a program", on: ["embedded", "incus"] }, (daemon: TestDaemon) => {
  let stack: IsoStack;
  let image = "";
  const program = (trigger: number, restore: number): string => `
    const web = new lxd.Instance("${daemon.name("web")}", {
      source: { image: "${image}" }, rootDisk: { pool: "default" },
      files: [{ path: "/etc/motd", content: new pulumi.asset.StringAsset("hello"), mode: "0640" }],
    });
    const token = pulumi.secret("planted-token");
    const once = new lxd.Exec("once", {
      instance: web, command: ["/bin/sh", "-c", 'echo "$TOKEN" >> /tmp/runs; echo "said $TOKEN"'],
      environment: { TOKEN: token }, triggers: [${trigger}],
    });
    new lxd.InstanceSnapshot("${daemon.name("s")}", { instance: web, restore: ${restore} }, { dependsOn: once });
  `;
  const read = async (path: string): Promise<string> =>
    (await daemon.raw.get(`/1.0/instances/${daemon.name("web")}/files?path=${path}`)).bytes.toString();

  beforeAll(async () => {
    image = await uploadImage(daemon, "image");
    stack = await IsoStack.create(daemon, program(1, 1));
  });
  afterAll(() => stack.dispose());

  daemon.test("files, commands and snapshots do their work in order, once", { timeoutMs: 150_000 }, async () => {
    await succeed(stack.project.up());
    expect([await read("/etc/motd"), await read("/tmp/runs")]).toEqual(["hello", "planted-token\n"]);
    expect(JSON.stringify(await stack.project.exportStack())).not.toContain("planted-token");
    await stack.setBody(program(2, 1));
    expect(stepsOf(await succeed(stack.project.up()))).toEqual(["update once"]);
    expect(await read("/tmp/runs")).toBe("planted-token\nplanted-token\n");
    await stack.setBody(program(2, 2));
    await succeed(stack.project.up());
    expect(await read("/tmp/runs")).toBe("planted-token\n");
    await succeed(stack.project.destroy());
  });
});
