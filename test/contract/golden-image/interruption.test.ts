// Golden images whose run was killed at any moment: the next one goes on, builds once, and leaves nothing.
import { expect } from "vitest";
import { SlowSocket } from "../../e2e/harness/slow-socket";
import { StackResource } from "../harness/stack";
import { describeGoldenImages, type Golden } from "./site";

/** A request, or which one of its kind. */
type Moment = [title: string, request: (golden: Golden) => string, which?: number];

describeGoldenImages("interrupted golden images", (site) => {
  const verify =
    site.daemon.product === "incus" ? { waitFor: [{ condition: "console", pattern: "system: up" }] } : undefined;

  const trial: Moment = ["starting the trial", (golden) => `PUT /1.0/instances/${golden.builderName()}-verify/state`];

  /** The requests at which a run is killed: each has reached the daemon, and nobody reads the answer. */
  const moments: Moment[] = [
    ["making the builder", () => "POST /1.0/instances"],
    ["starting it", (golden) => `PUT /1.0/instances/${golden.builderName()}/state`],
    ["looking after it", (golden) => `GET /1.0/instances/${golden.builderName()}`],
    ["noting with what it starts", (golden) => `PUT /1.0/instances/${golden.builderName()}`],
    ["taking its media out", (golden) => `PUT /1.0/instances/${golden.builderName()}`, 2],
    ["packing the image", () => "POST /1.0/images"],
    ["moving the alias", () => "POST /1.0/images/aliases"],
    ["deleting the builder", (golden) => `DELETE /1.0/instances/${golden.builderName()}`],
    // Of a simulated guest nothing can be seen on LXD, so there is no trial.
    ...(verify === undefined ? [] : [trial]),
  ];

  for (const [title, lineOf, which = 1] of moments) {
    site.testWithSimulation(`go on after a kill while ${title}`, async () => {
      const golden = await site.golden();
      const line = lineOf(golden);
      const slow = new SlowSocket(site.daemon.socket);
      await slow.start();
      const killed = new StackResource("GoldenBuild", golden.name, slow.socket);
      let count = 0;
      const reached = slow.hold((each) => each === line && ++count === which);
      // What is left of a killed run in this process asks in vain.
      void killed.up(golden.args({ verify })).catch(() => undefined);
      await reached;
      await slow.stop();
      expect(await golden.resource.up(golden.args({ verify }))).toBe("created");
      expect(await golden.versions()).toEqual([golden.version]);
      expect(await golden.machines()).toEqual([]);
      expect(await golden.target()).toBe(golden.resource.outputs["fingerprint"]);
      expect((await golden.images())[0]?.properties["user.pulumi.pending"]).toBeUndefined();
    });
  }

  site.testWithSimulation("start clean after a kill when other inputs are wanted", async () => {
    const golden = await site.golden("hang");
    const slow = new SlowSocket(site.daemon.socket);
    await slow.start();
    const killed = new StackResource("GoldenBuild", golden.name, slow.socket);
    const reached = slow.hold((line) => line === `PUT /1.0/instances/${golden.builderName()}/state`);
    void killed.up(golden.args()).catch(() => undefined);
    await reached;
    await slow.stop();
    expect(await golden.machines()).toEqual([golden.builderName()]);
    const iso = { pool: "default", name: await site.iso("power off") };
    await golden.resource.up({ ...golden.next(), iso });
    expect(await golden.machines()).toEqual([]);
    expect(await golden.versions()).toEqual([golden.version]);
  });
});
