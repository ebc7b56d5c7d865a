// The kinds that the plugin serves, by the tokens of their resource types.
import { kinds } from "../kinds";
import { type AnyKind, type ServerInputs } from "../kind/kind";
import { type Props } from "../kind/props";
import { ofInstance, ofIsoVolume, type ToForm } from "./program-form";

export type Kind = AnyKind<ServerInputs, ServerInputs, unknown>;

export interface ServedKind extends Traits {
  kind: Kind;
}

/** What the plugin needs to know of a kind besides what the kind says itself. */
export interface Traits {
  /** Outputs that are no arguments: a preview does not know those that a check does not compute. */
  outputs: readonly string[];
  toForm?: ToForm;
  /** Arguments that may differ from the outputs of their names, with these inputs. */
  uncertain?: (inputs: Props) => readonly string[];
  /** Outputs that are always secret. */
  secret?: readonly string[];
  /** Outputs that are secret if the program did not write them, because they may contain secrets of others. */
  secretIfRead?: readonly string[];
  /** What is stored of an imported object instead of what a check would compute: `unverified` of `iso-volume/inputs.ts`. */
  imported?: Props;
  /** Outputs that are secret if one of these inputs contains a secret. */
  secretWith?: { inputs: readonly string[]; outputs: readonly string[] };
}

const addressOutputs = ["addresses", "ipv4", "ipv6", "macs"];
const instanceOutputs = ["status", "location", ...addressOutputs, "baseImage", "expandedConfig", "createdAt"];
const imageOutputs = ["fingerprint", "type", "architecture", "sizeBytes", "uploadedAt"];
const networkOutputs = ["ipv4Address", "ipv6Address", "serverConfig", "managed", "status"];
const execSecrets = { inputs: ["command", "onDelete", "environment"], outputs: ["stdout", "stderr"] };

export const servedKinds = {
  Exec: { outputs: ["stdout", "stderr", "exitCode"], secretWith: execSecrets },
  Image: { outputs: imageOutputs },
  Instance: {
    outputs: instanceOutputs,
    toForm: ofInstance,
    // Others may have started or stopped a machine whose power is not managed.
    uncertain: ({ power = "managed" }: Props) => (power === "managed" ? [] : ["running"]),
    secret: ["expandedConfig"],
    secretIfRead: ["config", "cloudInit"],
  },
  InstanceSnapshot: { outputs: ["createdAt"] },
  IsoVolume: {
    outputs: ["digest", "sizeBytes", "location"],
    toForm: ofIsoVolume,
    imported: { digest: "unverified" },
  },
  Network: { outputs: networkOutputs },
  Profile: { outputs: [], secretIfRead: ["config", "cloudInit"] },
  Project: { outputs: ["serverConfig"] },
  StoragePool: { outputs: ["serverConfig", "status"] },
  StorageVolume: { outputs: ["serverConfig", "location"] },
} satisfies Partial<Record<keyof typeof kinds, Traits>>;

export function isServed(name: string): name is keyof typeof servedKinds {
  return Object.hasOwn(servedKinds, name);
}

/** Loads a kind. It works only with its own inputs and objects, which the engine passes back to it. */
export async function servedKind(name: keyof typeof servedKinds): Promise<ServedKind> {
  return { ...servedKinds[name], kind: (await kinds[name]()) as unknown as Kind };
}

/** The name of the kind in a resource type, `lxd:index:KIND`. */
export function kindNameOf(type: string): string {
  return type.slice(type.lastIndexOf(":") + 1);
}

/** The resource type in a URN: the last of those that `$` separates. */
export function typeOfUrn(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}
