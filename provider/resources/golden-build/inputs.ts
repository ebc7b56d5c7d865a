// Computed inputs of a build, what a change of each input requires, and conflicts between inputs.
import { type CheckContext, type Cost, type Failure, type KindDefinition } from "../../kind/kind";
import { plain } from "../../kind/props";
import { isDeepStrictEqual } from "node:util";
import { hasUnknown, isUnknown } from "../../kind/unknowns";
import { projectOf } from "../shared/common";
import { validate as imageRules } from "../image/inputs";
import { type VolumeReference } from "../machine/devices/cdrom";
import { validate as instanceRules } from "../instance/validation";
import { type ContentField, inputsHashOf, isSameContent } from "./content";
import { goldenDefaults } from "./defaults";
import { partialMachine } from "./build/machine";
import { hashed } from "./build/steps";
import { isSameTargets, placedTargets, targetRules } from "./replicate/target-inputs";
import { type GoldenInputs, type GoldenOutputs, type Machine, type PartialGoldenInputs, type Result } from "./schema";

const content =
  (field: ContentField) =>
  (olds: GoldenOutputs, news: GoldenInputs): Cost =>
    isSameContent(field, olds, news) ? "ignore" : "replace";

export const policies: KindDefinition<GoldenInputs, GoldenOutputs>["policies"] = {
  iso: content("iso"),
  media: content("media"),
  machine: content("machine"),
  bootCommand: content("bootCommand"),
  provision: content("provision"),
  seal: content("seal"),
  // The inputs from which these are derived report changes more precisely, field by field.
  version: "ignore",
  // A refresh found that this build's image was deleted while others of the resource still exist.
  inputsHash: ({ inputsHash }) => (inputsHash === "" ? "update" : "ignore"),
  install: "ignore",
  verify: "ignore",
  image: ({ image }, news) => (isSameResult(image, news.image) ? "ignore" : "update"),
  publishTo: ({ publishTo }, news) => (isSameTargets(publishTo, news.publishTo) ? "ignore" : "update"),
  keep: "update",
  pin: "update",
  onFailure: "ignore",
  project: "replace",
  // Derived from other inputs.
  fingerprint: "ignore",
  releasedVersion: "ignore",
  architecture: "ignore",
  sizeBytes: "ignore",
};

/** Packing options affect only the next image. */
function isSameResult(olds: Result, news: Result): boolean {
  const lasting = ({ compression, timeout, aliasPolicy, ...rest }: Result): unknown => plain(rest);
  return hasUnknown(news) ? false : isDeepStrictEqual(lasting(olds), lasting(news));
}

export async function computeInputs({
  inputs,
  config,
  signal,
}: CheckContext<GoldenInputs>): Promise<{ inputs: PartialGoldenInputs; failures: Failure[] }> {
  const project = projectOf(inputs, config);
  const defaulted = goldenDefaults(inputs);
  const { iso, media = [], machine = {} } = defaulted;
  const volumes = { project, pool: isUnknown(machine) ? undefined : machine.rootDisk?.pool };
  const failures: Failure[] = [];
  const find = (medium: VolumeReference | string, property: string): VolumeReference => {
    const found = volumeOf(medium, volumes);
    if (typeof found !== "string" || isUnknown(found)) return found as VolumeReference;
    failures.push({ property, reason: found });
    return medium as VolumeReference;
  };
  const whole: PartialGoldenInputs = {
    ...defaulted,
    project,
    iso: iso === undefined ? undefined : find(iso, "iso"),
    media: Array.isArray(media) ? media.map((each, i) => find(each, `media[${i}]`)) : media,
    provision: await hashed(defaulted.provision, { failures, signal }),
    publishTo: placedTargets(defaulted.publishTo, { remote: inputs.remote, config, failures }),
  };
  return { inputs: { ...whole, inputsHash: inputsHashOf(whole) }, failures };
}

/** The volume's address, or why a string does not name one. */
function volumeOf(
  medium: VolumeReference | string,
  { project, pool: rootPool }: { project: string; pool: string | undefined },
): VolumeReference | string {
  if (typeof medium !== "string" || isUnknown(medium)) return medium;
  const [name = "", pool = rootPool, of = project, ...rest] = medium.split("/").reverse();
  if (rest.length > 0 || name === "" || pool === "") return `"${medium}" does not name a volume; use "pool/name"`;
  if (pool === undefined) return `"${medium}" does not name its pool; use "pool/${medium}"`;
  if (of !== project) return `"${medium}" is in another project than the image, which is in "${project}"`;
  return { pool, name };
}

export function validate(inputs: PartialGoldenInputs): Failure[] {
  const { image, machine, verify } = inputs;
  const ofMachine = isUnknown(machine) ? [] : instanceRules(partialMachine(machine ?? {}));
  const ofImage = isUnknown(image) ? [] : imageRules({ ...image });
  const waits = isUnknown(verify) ? undefined : verify?.waitFor;
  const last = Array.isArray(waits) ? waits.at(-1) : undefined;
  return [
    ...ofMachine.map((failure) => ({ ...failure, property: `machine.${failure.property}` })),
    ...ofImage.map((failure) => ({ ...failure, property: `image.${failure.property}` })),
    ...(isUnknown(machine) ? [] : limitRules(machine ?? {})),
    ...targetRules(inputs.publishTo),
    ...(last?.condition === "powered-off" && waits?.length === 1 ? [nothingSeen] : []),
  ];
}

function limitRules({ cpus, memory, config }: Machine): Failure[] {
  const written = isUnknown(config) ? [] : Object.keys(config ?? {});
  const typed = [...(cpus === undefined ? [] : ["limits.cpu"]), ...(memory === undefined ? [] : ["limits.memory"])];
  return typed
    .filter((key) => written.includes(key))
    .map((key) => ({
      property: `machine.config["${key}"]`,
      reason: "duplicates `cpus` or `memory`; set only one of the two",
    }));
}

const nothingSeen: Failure = {
  property: "verify.waitFor",
  reason:
    "a machine that is off says nothing about the image; wait for a sign that it has started, for example `console`",
};
