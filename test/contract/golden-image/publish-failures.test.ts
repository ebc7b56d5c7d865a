// Golden images whose copies fail: what the preview says, what is done all the same, and how the next run converges.
import { expect } from "vitest";
import { SlowSocket } from "../../e2e/harness/slow-socket";
import { StackResource } from "../harness/stack";
import { describePublishing, type Server } from "./publishing";

describePublishing("golden images that cannot be copied", (site) => {
  const at = (server: Server): { remote: { socket: string } } => ({ remote: { socket: server.socket } });
  const nowhere = { remote: { socket: "/nowhere/unix.socket" } };

  site.testWithSimulation("are told in the preview, by the field", async () => {
    const golden = site.golden({});
    const old = await site.startEmbedded({ withoutExtensions: ["virtual-machines"] });
    const arm = await site.startEmbedded({ architectures: ["aarch64"] });
    const { fingerprint } = await site.other.change("POST", "/1.0/images", golden.bytes());
    await site.other.change("POST", "/1.0/images/aliases", { name: golden.alias, target: fingerprint });
    const failures = await golden.resource.failures(
      golden.args([
        nowhere,
        { ...at(site.target), project: "nosuch" },
        at(old),
        at(arm),
        at(site.other),
        at(site.builder),
        { ...at(site.target), relay: true, address: "https://x:1" },
        at(site.target),
        { remote: { name: "nobody-knows-it" } },
        { ...at(site.target), alias: "x" },
      ]),
    );
    const said = failures.map(({ property, reason }) => `${property}: ${reason}`).sort();
    expect(said).toEqual(
      [
        /^publishTo\[0\]\.remote: .*\/nowhere\/unix\.socket/,
        /^publishTo\[1\]\.project: there is no project "nosuch"/,
        /^publishTo\[2\]\.remote: Incus .* has no images of virtual machines/,
        /^publishTo\[3\]\.remote: the image is for x86_64, and this server runs aarch64/,
        /^publishTo\[4\]\.aliases\[0\]: the alias .* belongs to the image/,
        /^publishTo\[5\]: is where the image is built/,
        /^publishTo\[6\]\.relay: a relayed image needs no address/,
        /^publishTo\[7\]: has the same server and project as another target/,
        /^publishTo\[8\]\.remote: neither `incus` nor `lxc`/,
        /^publishTo\[9\]\.alias: .*did you mean "aliases"/,
      ].map((words) => expect.stringMatching(words) as string),
    );
    await site.other.removeAll();
  });

  site.testWithSimulation("are told when all others are done, and copied by the next run", async () => {
    const golden = site.golden();
    const fingerprint = await golden.built();
    const args = golden.args([at(site.other), at(site.target)]);
    const { inputs } = await golden.resource.check(args);
    const [first, ...others] = inputs["publishTo"] as object[];
    // It goes down after the preview.
    await expect(
      golden.resource.create({ ...inputs, publishTo: [{ ...first, ...nowhere }, ...others] }),
    ).rejects.toThrow(
      /create golden image .*: phase release: publishTo\[0\] \(\/nowhere\/unix\.socket\): [^]*\nEverything else is done/,
    );
    expect(golden.resource.failed).toBe(true);
    expect(await site.target.target(golden.alias)).toBe(fingerprint);
    expect(await site.builder.target(golden.alias)).toBe(fingerprint);
    expect(await site.other.images(`${golden.name}-`)).toEqual([]);
    expect(await golden.resource.up(args)).toBe("updated");
    expect(await site.other.target(golden.alias)).toBe(fingerprint);
    // What was never reached has nothing to be deleted.
    await golden.resource.destroy();
    expect([await site.other.images(`${golden.name}-`), await site.target.images(`${golden.name}-`)]).toEqual([[], []]);
  });

  /** The requests at which a run is killed: each has reached the target, and nobody reads the answer. */
  const moments: [string, (fingerprint: string) => string][] = [
    ["copying", () => "POST /1.0/images"],
    ["marking the copy", (fingerprint) => `PUT /1.0/images/${fingerprint}`],
    ["moving the alias", () => "POST /1.0/images/aliases"],
  ];
  for (const how of ["pulled", "relayed"]) {
    for (const [title, lineOf] of moments) {
      site.testWithSimulation(`go on after a kill while ${title}, when they are ${how}`, async () => {
        const golden = site.golden(how === "pulled" ? site.pull : { relay: true });
        const fingerprint = await golden.built();
        const slow = new SlowSocket(site.target.socket);
        await slow.start();
        const killed = new StackResource("GoldenBuild", golden.name, site.builder.socket);
        const line = lineOf(fingerprint);
        const reached = slow.hold((each) => each === line);
        void killed.up(golden.args([{ remote: { socket: slow.socket } }])).catch(() => undefined);
        await reached;
        await slow.stop();
        expect(await golden.resource.up(golden.args([at(site.target)]))).toBe("created");
        expect(await site.target.images(`${golden.name}-`)).toMatchObject([
          { fingerprint, aliases: [{ name: golden.alias }] },
        ]);
        const keys = Object.keys((await site.target.images(`${golden.name}-`))[0]?.properties ?? {});
        expect(keys.filter((key) => /pending|owner\.|source/.test(key))).toEqual([]);
        await golden.resource.destroy();
        expect(await site.target.images(`${golden.name}-`)).toEqual([]);
      });
    }
  }

  site.testWithSimulation("are given up after their time, and say so", async () => {
    const golden = site.golden();
    await golden.built();
    const slow = new SlowSocket(site.target.socket);
    await slow.start();
    void slow.hold((line) => line === "POST /1.0/images");
    const args = golden.args([{ remote: { socket: slow.socket }, timeout: "300ms" }]);
    await expect(golden.resource.up(args)).rejects.toThrow(/publishTo\[0\].*the copy did not finish within 300ms/);
    expect(await golden.resource.up(golden.args([{ remote: { socket: slow.socket } }]))).toBe("updated");
    await golden.resource.destroy();
    await slow.stop();
  });

  site.testWithSimulation("can be given up with their server, without a build", async () => {
    const golden = site.golden();
    const fingerprint = await golden.built();
    await golden.resource.up(golden.args([at(site.target)]));
    // Taken out, and gone: the state goes on naming it.
    const [target] = golden.resource.outputs["publishTo"] as object[];
    golden.resource.outputs["publishTo"] = [{ ...target, ...nowhere, __at: "/nowhere/unix.socket", __server: "gone" }];
    await expect(golden.resource.up(golden.args([]))).rejects.toThrow(
      /the former publishTo\[0\][^]*pulumi state delete/,
    );
    expect(golden.resource.outputs["publishTo"]).toHaveLength(1);
    const again = new StackResource("GoldenBuild", golden.name, site.builder.socket);
    expect(await again.up(golden.args([]))).toBe("created");
    expect(again.outputs["fingerprint"]).toBe(fingerprint);
    await again.destroy();
    await site.target.removeAll();
  });
});
