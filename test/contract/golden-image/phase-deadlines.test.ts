// Golden images whose server takes no end with something: each phase has a limit, which the error names.
import { afterEach, expect } from "vitest";
import { fixedMs } from "../../../provider/resources/golden-build/build/phase-deadlines";
import { SlowSocket } from "../../e2e/harness/slow-socket";
import { StackResource } from "../harness/stack";
import { describeGoldenImages, type Golden } from "./site";

interface Case {
  phase: string;
  /** What the server does not answer. */
  held: (golden: Golden) => string;
  fixed?: Partial<typeof fixedMs>;
  args?: Record<string, unknown>;
  limit: string;
}

describeGoldenImages("golden images that take too long", (site) => {
  const usual = { ...fixedMs };
  afterEach(() => void Object.assign(fixedMs, usual));

  const volume = (golden: Golden): string => `GET /1.0/storage-pools/default/volumes/custom/${golden.iso}`;
  const cases: Case[] = [
    { phase: "media", held: volume, fixed: { media: 300 }, limit: "300ms" },
    { phase: "machine", held: () => "POST /1.0/instances", fixed: { machine: 400 }, limit: "400ms" },
    {
      phase: "install",
      held: (golden) => `PUT /1.0/instances/${golden.builderName()}/state`,
      fixed: { around: 100 },
      args: { install: { timeout: "200ms", stableFor: "100ms" } },
      limit: "400ms",
    },
    { phase: "publish", held: () => "POST /1.0/images", args: { image: { timeout: "500ms" } }, limit: "500ms" },
    { phase: "release", held: () => "POST /1.0/images/aliases", fixed: { release: 300 }, limit: "300ms" },
  ];

  for (const { phase, held, fixed, args, limit } of cases) {
    site.testWithSimulation(`are given up in the phase ${phase}, and gone on with`, async () => {
      const golden = await site.golden();
      const slow = new SlowSocket(site.daemon.socket);
      await slow.start();
      Object.assign(fixedMs, fixed);
      const line = held(golden);
      void slow.hold((each) => each === line);
      const late = new StackResource("GoldenBuild", golden.name, slow.socket);
      const words = `it is not done after ${limit}, the limit of the phase ${phase}`;
      const image = { aliases: [golden.alias], ...(args?.["image"] as object) };
      await expect(late.up(golden.args({ ...args, image }))).rejects.toThrow(words);
      await slow.stop();
      Object.assign(fixedMs, usual);
      await golden.resource.up(golden.args());
      expect(await golden.versions()).toEqual([golden.version]);
      expect(await golden.machines()).toEqual([]);
      expect(await golden.target()).toBe(golden.resource.outputs["fingerprint"]);
    });
  }
});
