// Plans an instance create: empty, from an image or from another instance.
import { timestamp } from "../clock";
import { withoutEmpty } from "../config";
import { badRequest, failed } from "../errors";
import type { Call } from "../http/call";
import type { Decoded, Shape } from "../http/decode";
import { imageKey } from "../images/image";
import { canonicalArchitecture } from "../images/metadata";
import { checkInstanceName } from "../names";
import type { InstanceType } from "../store/records";
import type { NewInstance } from "./create";
import { instanceUrl } from "./instance";
import { petName } from "./pet-name";
import { checkImageSource, copiedOf, imageOf, type Source, sourceOf } from "./sources";
import { withoutVolatile } from "./volatile";

/** The fields of the request. */
export const INSTANCES_POST = {
  name: "string",
  type: "string",
  architecture: "string",
  description: "string",
  config: "config",
  devices: "devices",
  profiles: "strings",
  ephemeral: "bool",
  start: "bool",
  source: "object",
} as const satisfies Shape;

type Body = Decoded<typeof INSTANCES_POST>;
/** The instance to create and the objects involved. */
export interface Plan {
  make: () => NewInstance;
  alsoUses: string[];
  /** The metadata of the completed operation. */
  metadata?: Record<string, unknown>;
}

function typeOf(body: Body): InstanceType {
  const type = body.type === undefined || body.type === "" ? "container" : body.type;
  if (type !== "container" && type !== "virtual-machine") throw badRequest("Invalid instance type");
  return type;
}

/** The requested name, or a generated one. */
export function nameOf(body: Body): string {
  const name = body.name || petName();
  if (name.includes("/")) throw badRequest('The character "/" is reserved for snapshots');
  checkInstanceName(name);
  return name;
}

/** The fields that do not depend on the source. */
function base(call: Call, body: Body): NewInstance {
  return {
    project: call.project,
    name: nameOf(body),
    type: typeOf(body),
    architecture: body.architecture ? canonicalArchitecture(body.architecture) : "x86_64",
    description: body.description ?? "",
    config: withoutEmpty(body.config ?? {}),
    devices: body.devices ?? {},
    profiles: body.profiles ?? ["default"],
    ephemeral: body.ephemeral ?? false,
    template: "create",
    disk: { state: "blank" },
    snapshots: [],
  };
}

const UNPACKED = {
  create_instance_from_image_unpack_progress: "Unpacking image: 100% (100.00MB/s)",
  progress: { percent: "100", speed: "100000000", stage: "create_instance_from_image_unpack" },
};

function planFromImage(call: Call, body: Body, source: Source): Plan {
  checkImageSource(source);
  const start = base(call, body);
  const make = (): NewInstance => {
    const image = imageOf(call, source);
    if (image === undefined) throw failed("Image not provided for instance creation");
    if (image.type !== start.type) {
      throw failed(`Requested image's type "${image.type}" doesn't match instance type "${start.type}"`);
    }
    call.daemon.store.images.set(imageKey(image), { ...image, lastUsedAt: timestamp() });
    const properties = Object.entries(image.properties).map(([key, value]) => [`image.${key}`, value] as const);
    return {
      ...start,
      architecture: image.architecture,
      profiles: body.profiles ?? image.profiles,
      config: { ...Object.fromEntries(properties), ...start.config, "volatile.base_image": image.fingerprint },
      disk: { state: "image", from: image.fingerprint, properties: image.ownProperties },
    };
  };
  return { make, alsoUses: [], metadata: UNPACKED };
}

function planCopy(call: Call, body: Body, source: Source): Plan {
  const start = base(call, body);
  const from = copiedOf(call, source);
  const kept = from.config["volatile.base_image"];
  const inherited = kept === undefined ? {} : { "volatile.base_image": kept };
  const copy: NewInstance = {
    ...start,
    type: from.type,
    architecture: from.architecture,
    profiles: body.profiles ?? from.profiles,
    // An empty value prevents a key from being copied from the source.
    config: withoutEmpty({ ...withoutVolatile(from.config), ...inherited, ...body.config }),
    devices: { ...from.devices, ...start.devices },
    disk: from.disk,
    snapshots: source.instance_only === true ? [] : from.snapshots,
    template: "copy",
  };
  return { make: () => copy, alsoUses: [instanceUrl(from)] };
}

/** Rejects immediately what can be checked; the rest fails when the plan runs. */
export function planOf(call: Call, body: Body): Plan {
  const source = sourceOf(body.source);
  switch (source.type) {
    case "none": {
      const start = base(call, body);
      return { make: () => start, alsoUses: [] };
    }
    case "image":
      return planFromImage(call, body, source);
    case "copy":
      return planCopy(call, body, source);
    default:
      throw badRequest(`Unknown source type ${source.type ?? ""}`);
  }
}
