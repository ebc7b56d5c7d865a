// Instances of a build, as instance inputs: the builder to be installed, and the trial that verifies the image.
import { type CommonInputs } from "../../../kind/kind";
import { logicalName } from "../../../kind/automatic-name";
import { isUnknown, unknown } from "../../../kind/unknowns";
import { withDefaults } from "../../instance/inputs";
import { type Cdrom, type VolumeReference } from "../../machine/devices/cdrom";
import { type InstanceInputs, type PartialInstanceInputs } from "../../instance/schema";
import { type Wait } from "../../machine/wait-schema";
import { hashKey, versionKey } from "../../shared/ownership";
import { type GoldenInputs, type Machine, type PartialGoldenInputs } from "../schema";

/** Leaves room for the version and a suffix within the 63 characters of a host name. */
const longestName = 36;

export function builderName(urn: string, version: string): string {
  const name = logicalName(urn).replaceAll(/[^A-Za-z0-9]+/g, "-");
  return `${name.slice(0, longestName).replaceAll(/^-+|-+$/g, "") || "golden"}-${version}`;
}

/** The `machine` input as instance inputs. */
export function partialMachine({ cpus, memory, config, ...rest }: Machine): PartialInstanceInputs {
  if (isUnknown(config)) return { ...rest, type: "virtual-machine", config };
  const limits = {
    ...(cpus === undefined ? {} : { "limits.cpu": String(cpus) }),
    ...(memory === undefined ? {} : { "limits.memory": memory }),
  };
  return { ...rest, type: "virtual-machine", config: { ...limits, ...config } };
}

/** Assumes that an unknown `machine` input has everything that it needs. */
const unknownMachine = { type: "virtual-machine", devices: unknown } as unknown as PartialInstanceInputs;

/** The builder's inputs as far as they are known: in a preview even its name is unknown until its version exists. */
export function partialBuilder(inputs: PartialGoldenInputs, urn: string): PartialInstanceInputs {
  const { version, iso, media = [], machine = {}, bootCommand, project, remote } = inputs;
  const cdroms = iso === undefined || !Array.isArray(media) ? [] : cdromsOf(iso, media);
  const name = version === undefined || isUnknown(version) ? version : builderName(urn, version);
  const part: PartialInstanceInputs = isUnknown(machine) ? unknownMachine : partialMachine(machine);
  const common: Partial<CommonInputs> = { remote, ...(project === undefined ? {} : { project }) };
  return withDefaults(
    { ...part, ...common, name, cdroms, bootCommand, running: false },
    { automaticName: logicalName(urn), config: {} },
  );
}

export function builderOf(inputs: GoldenInputs, urn: string): InstanceInputs {
  const { install, version, inputsHash } = inputs;
  const { until: condition, timeout, stableFor } = install;
  const whole = partialBuilder(inputs, urn) as InstanceInputs;
  const marks = { [versionKey]: version, [hashKey]: inputsHash };
  return {
    ...whole,
    description: `Builds version ${version} of a golden image`,
    config: { ...whole.config, ...marks },
    waitFor: [{ condition, timeout, stableFor }],
  };
}

/** An instance as users will create it: from the image, without media. */
export function trialOf(inputs: GoldenInputs, urn: string, fingerprint: string): InstanceInputs {
  const builder = builderOf(inputs, urn);
  return {
    ...builder,
    name: `${builder.name}-verify`,
    description: `Tries version ${inputs.version} of a golden image`,
    source: { image: fingerprint },
    cdroms: [],
    bootCommand: [],
    running: true,
    waitFor: verifyWaits(inputs),
  };
}

function verifyWaits({ verify }: GoldenInputs): Wait[] {
  const waits: (Omit<Wait, "timeout"> & { timeout?: string })[] = verify?.waitFor ?? [];
  const defaults = (wait: Pick<Wait, "condition">): object => ({
    ...(wait.condition === "powered-off" ? { stableFor: "10s" } : {}),
    timeout: verify?.timeout ?? "10m",
  });
  return waits.map((wait) => ({ ...defaults(wait), ...wait })) as Wait[];
}

/** The installer boots first; all media are removed once it has powered the instance off. */
function cdromsOf(iso: VolumeReference, media: VolumeReference[]): Cdrom[] {
  const others = media.map((volume, i): Cdrom => ({ volume, name: `media${i}`, afterWaits: "eject" }));
  return [{ volume: iso, name: "installer", bootPriority: 10, afterWaits: "eject" }, ...others];
}
