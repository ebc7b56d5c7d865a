// Golden images, as the component declares them.
import { type Props } from "../../../provider/kind/props";
import { isoFile, type Place } from "../place";
import type { Resource } from "../stack";
import { at, type Scenario, usual } from "./scenario";

export const golden = (place: Place): Scenario => {
  const medium = at("IsoVolume", "installer", { pool: "default", source: { file: isoFile(place, "boot") } });
  const build = (version: string, memory: string, more: Props = {}): Resource =>
    at("GoldenBuild", "golden", (outputsOf) => {
      const { name, digest } = outputsOf("installer");
      return {
        version,
        iso: { pool: "default", name, digest },
        machine: { memory, rootDisk: { pool: "default", size: "64MiB" }, firmware: "uefi", profiles: [] },
        install: { timeout: "20s", stableFor: "20ms" },
        image: { aliases: ["f-golden"], properties: { os: "tiny" }, ...more },
        keep: 1,
      };
    });
  return {
    name: "golden-build",
    verbs: usual({
      first: [medium, build("v1", "256MiB")],
      changed: [medium, build("v1", "256MiB", { aliases: ["f-golden", "f-more"], properties: { os: "other" } })],
      replaced: [medium, build("v2", "257MiB")],
    }),
  };
};
