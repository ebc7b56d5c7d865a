// Finds waits that can never be met, and requirements of an image that the machine does not meet.
import { findAlias, findImage } from "../../../lxd/api/images";
import { type StringMap } from "../../../lxd/api/instance/instances";
import { type WireProfile } from "../../../lxd/api/profiles";
import { type Client } from "../../../lxd/client/core/client";
import { type Product } from "../../../lxd/client/discovery/server-info";
import { isCode } from "../../../base/errors";
import { booleanOf, isFalse, isTrue } from "../../../kind/booleans";
import { type Failure } from "../../../kind/kind";
import { hasUnknown } from "../../../kind/unknowns";
import { isPlacePlanned } from "../../shared/planned";
import { type PartialInstanceInputs } from "../schema";
import { imageOf } from "../source";

/** Conditions that need a network card. */
const needsNetwork = ["ipv4", "ipv6", "port"];

/** `profiles`: those of the machine, all of which exist. */
export async function unmetFailures(
  client: Client,
  inputs: PartialInstanceInputs,
  profiles: WireProfile[],
): Promise<Failure[]> {
  const { config, devices } = inputs;
  if (hasUnknown([config, devices, inputs.nics])) return [];
  const effective = {
    config: Object.assign({}, ...profiles.map((each) => each.config ?? {}), config) as StringMap,
    devices: [...profiles.flatMap((each) => Object.values(each.devices ?? {})), ...Object.values(devices ?? {})],
  };
  return [...waitFailures(inputs, effective), ...(await requirementFailures(client, inputs, effective))];
}

interface Effective {
  config: StringMap;
  devices: StringMap[];
}

function waitFailures({ waitFor, nics }: PartialInstanceInputs, { devices }: Effective): Failure[] {
  if (!Array.isArray(waitFor) || (nics ?? []).length > 0 || devices.some(({ type }) => type === "nic")) return [];
  return waitFor.flatMap((wait, i) => {
    if (hasUnknown(wait) || !needsNetwork.includes(wait.condition)) return [];
    const reason = `"${wait.condition}" cannot be met: the machine has no network card; add one with nics, for example [{ network: "NAME" }], or use a profile that has one`;
    return [{ property: `waitFor[${i}].condition`, reason }];
  });
}

/**
 * Compares the `requirements.*` of the image with a machine that is to be started. Images that are not on the server yet are
 * skipped.
 */
async function requirementFailures(
  client: Client,
  inputs: PartialInstanceInputs,
  effective: Effective,
): Promise<Failure[]> {
  if (inputs.running === false) return [];
  const properties = await imageProperties(client, inputs);
  if (properties === undefined) return [];
  const required = (name: string): string | undefined => properties[`requirements.${name}`];
  const isMachine = inputs.type === "virtual-machine";
  const { product } = await client.info();
  const needs = isMachine ? machineNeeds(inputs, effective, product) : containerNeeds(effective);
  return needs
    .filter(({ name, isMet }) => !isMet(required(name)))
    .map(({ property, name, cure }) => {
      const requirement = `requirements.${name}=${required(name) ?? ""}`;
      return { property, reason: `the image has ${requirement}; set ${cure(required(name))}` };
    });
}

interface Need {
  name: string;
  property: string;
  isMet: (required: string | undefined) => boolean;
  cure: (required: string | undefined) => string;
}

function machineNeeds(inputs: PartialInstanceInputs, { config, devices }: Effective, product: Product): Need[] {
  const { firmware, agentDrive, cloudInitDrive } = inputs;
  const isSecure = firmware === undefined ? !isFalse(config["security.secureboot"]) : firmware === "uefi-secureboot";
  const has = (source: string): boolean => devices.some((device) => device["source"] === source);
  const drive = (name: string, property: string, isThere: boolean): Need => ({
    name,
    property,
    // LXD gives its agent to guests without a drive.
    isMet: (required) => isThere || product === "lxd" || !isTrue(required),
    cure: () => `${property}: true`,
  });
  return [
    {
      name: "secureboot",
      property: "firmware",
      isMet: (required) => !isSecure || !isFalse(required),
      cure: () => 'firmware: "uefi"',
    },
    drive("cdrom_agent", "agentDrive", agentDrive === true || has("agent:config")),
    drive("cdrom_cloud_init", "cloudInitDrive", cloudInitDrive === true || has("cloud-init:config")),
  ];
}

function containerNeeds({ config }: Effective): Need[] {
  return ["nesting", "privileged"].map((name) => {
    const key = `security.${name}`;
    return {
      name,
      property: `config["${key}"]`,
      isMet: (required) => booleanOf(required) === undefined || booleanOf(required) === isTrue(config[key]),
      cure: (required) => `config: { "${key}": "${String(isTrue(required))}" }`,
    };
  });
}

async function imageProperties(
  client: Client,
  { source, sourceVersion, project }: PartialInstanceInputs,
): Promise<StringMap | undefined> {
  if (source === undefined || project === undefined || hasUnknown([source, sourceVersion, project])) return undefined;
  if (isPlacePlanned(client, { project })) return undefined;
  try {
    const isAlias = typeof source === "object" && "alias" in source && !("server" in source);
    const alias = isAlias ? await findAlias(client, project, source.alias) : undefined;
    const fingerprint = isAlias ? alias?.target : imageOf(source, sourceVersion);
    if (fingerprint === undefined) return undefined;
    return (await findImage(client, { project, fingerprint }))?.value.properties ?? undefined;
  } catch (error) {
    // The server decides whether the image can be used when the instance is created.
    if (isCode(error, "not-found") || isCode(error, "permission-denied")) return undefined;
    throw error;
  }
}
