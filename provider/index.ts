// The frozen entry point: the serialized provider in every stack's state requires these exports by name.
//
// Each export creates the provider of one resource kind. A released name must stay forever, and must be able to read
// and delete what any earlier release has written to a state.
import { Dispatch } from "./engine/dispatch";
import { CompactState } from "./engine/pulumi/compact-state";
import { type DynamicProvider } from "./engine/pulumi/dynamic-provider";
import { ProviderOnDemand } from "./engine/provider-on-demand";
import { type AnyKind, type ServerInputs } from "./kind/kind";
import { kinds } from "./kinds";

export const IsoVolume = served("IsoVolume", kinds.IsoVolume);
export const Image = served("Image", kinds.Image);
export const GoldenBuild = served("GoldenBuild", kinds.GoldenBuild);
export const Instance = served("Instance", kinds.Instance);
export const Network = served("Network", kinds.Network);
export const Exec = served("Exec", kinds.Exec);
export const InstanceSnapshot = served("InstanceSnapshot", kinds.InstanceSnapshot);
export const Profile = served("Profile", kinds.Profile);
export const StoragePool = served("StoragePool", kinds.StoragePool);
export const StorageVolume = served("StorageVolume", kinds.StorageVolume);
export const Project = served("Project", kinds.Project);

// Compatibility: states written before these two providers got the names of their classes load them by these names.
export const Snapshot = InstanceSnapshot;
export const Volume = StorageVolume;

function served<Inputs extends ServerInputs, Outputs extends Inputs, Found>(
  className: string,
  load: () => Promise<AnyKind<Inputs, Outputs, Found>>,
): () => DynamicProvider {
  return () =>
    new ProviderOnDemand(async () => {
      const kind = await load();
      return new CompactState(className, kind, new Dispatch(kind));
    });
}
