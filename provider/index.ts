// The frozen entry point: the serialized provider in every stack's state requires these exports by name.
//
// Each export creates the provider of one resource kind. A released name must stay forever, and must be able to read
// and delete what any earlier release has written to a state.
import { Dispatch } from "./engine/dispatch";
import { type DynamicProvider } from "./engine/pulumi/dynamic-provider";
import { ProviderOnDemand } from "./engine/provider-on-demand";
import { type AnyKind, type ServerInputs } from "./kind/kind";
import { kinds } from "./kinds";

export const IsoVolume = served(kinds.IsoVolume);
export const Image = served(kinds.Image);
export const GoldenBuild = served(kinds.GoldenBuild);
export const Instance = served(kinds.Instance);
export const Network = served(kinds.Network);
export const Exec = served(kinds.Exec);
export const InstanceSnapshot = served(kinds.InstanceSnapshot);
export const Profile = served(kinds.Profile);
export const StoragePool = served(kinds.StoragePool);
export const StorageVolume = served(kinds.StorageVolume);
export const Project = served(kinds.Project);

// Compatibility: states written before these two providers got the names of their classes load them by these names.
export const Snapshot = InstanceSnapshot;
export const Volume = StorageVolume;

function served<Inputs extends ServerInputs, Outputs extends Inputs, Found>(
  load: () => Promise<AnyKind<Inputs, Outputs, Found>>,
): () => DynamicProvider {
  return () => new ProviderOnDemand(async () => new Dispatch(await load()));
}
