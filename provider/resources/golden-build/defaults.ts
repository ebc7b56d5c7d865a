// What a program omits of a golden image, and one spelling for what can be written in several ways.
import { isUnknown } from "../../kind/unknowns";
import { spelledOut } from "../shared/common";
import { namedAliases } from "../image/inputs";
import { spelledOutDevices } from "../machine/devices/defaults";
import { type GoldenDraft, type Machine, type Result } from "./schema";
import { targetDefaults } from "./replicate/target-inputs";

export function goldenDefaults(draft: GoldenDraft): GoldenDraft {
  const { install, verify, image = {} as Partial<Result> } = draft;
  return {
    ...draft,
    media: draft.media ?? [],
    machine: spelledOutMachine(draft.machine ?? {}),
    bootCommand: draft.bootCommand ?? [],
    install: isUnknown(install) ? install : { until: "powered-off", timeout: "90m", stableFor: "10s", ...install },
    provision: draft.provision ?? [],
    seal: draft.seal ?? [],
    verify: verify === undefined || isUnknown(verify) ? verify : { ...{ timeout: "10m" }, ...verify },
    image: isUnknown(image) ? (image as Result) : wholeResult(image),
    publishTo: targetDefaults(draft.publishTo),
    keep: draft.keep ?? 2,
    onFailure: draft.onFailure ?? "keep",
  };
}

function wholeResult(image: Partial<Result>): Result {
  const { properties } = image;
  return {
    ...image,
    aliases: namedAliases(image.aliases),
    properties: isUnknown(properties) ? (properties ?? {}) : spelledOut(properties),
    public: image.public ?? false,
    aliasPolicy: image.aliasPolicy ?? "fail",
    timeout: image.timeout ?? "4h",
  };
}

function spelledOutMachine(machine: Machine): Machine {
  if (isUnknown(machine)) return machine;
  const { config, devices } = machine;
  return {
    ...machine,
    ...(config === undefined || isUnknown(config) ? {} : { config: spelledOut(config) }),
    ...(devices === undefined || isUnknown(devices) ? {} : { devices: spelledOutDevices(devices) }),
  };
}
