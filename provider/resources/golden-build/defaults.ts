// Defaults and normalization of a golden image's inputs.
import { isUnknown } from "../../kind/unknowns";
import { toStrings } from "../shared/common";
import { namedAliases } from "../image/inputs";
import { withStringValues } from "../machine/devices/plain-devices";
import { type Machine, type PartialGoldenInputs, type Result } from "./schema";
import { targetDefaults } from "./replicate/target-inputs";

export function goldenDefaults(inputs: PartialGoldenInputs): PartialGoldenInputs {
  const { install, verify, image = {} as Partial<Result> } = inputs;
  return {
    ...inputs,
    media: inputs.media ?? [],
    machine: withExplicitMachine(inputs.machine ?? {}),
    bootCommand: inputs.bootCommand ?? [],
    install: isUnknown(install) ? install : { until: "powered-off", timeout: "90m", stableFor: "10s", ...install },
    provision: inputs.provision ?? [],
    seal: inputs.seal ?? [],
    verify: verify === undefined || isUnknown(verify) ? verify : { ...{ timeout: "10m" }, ...verify },
    image: isUnknown(image) ? (image as Result) : wholeResult(image),
    publishTo: targetDefaults(inputs.publishTo),
    keep: inputs.keep ?? 2,
    onFailure: inputs.onFailure ?? "keep",
  };
}

function wholeResult(image: Partial<Result>): Result {
  const { properties } = image;
  return {
    ...image,
    aliases: namedAliases(image.aliases),
    properties: isUnknown(properties) ? (properties ?? {}) : toStrings(properties),
    public: image.public ?? false,
    aliasPolicy: image.aliasPolicy ?? "fail",
    timeout: image.timeout ?? "4h",
  };
}

function withExplicitMachine(machine: Machine): Machine {
  if (isUnknown(machine)) return machine;
  const { config, devices } = machine;
  return {
    ...machine,
    ...(config === undefined || isUnknown(config) ? {} : { config: toStrings(config) }),
    ...(devices === undefined || isUnknown(devices) ? {} : { devices: withStringValues(devices) }),
  };
}
