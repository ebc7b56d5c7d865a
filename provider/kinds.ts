// Every resource kind by the name of its class, loaded when it is first used: a program uses few of them.

export const kinds = {
  IsoVolume: async () => (await import("./resources/iso-volume/iso-volume.js")).isoVolume,
  Image: async () => (await import("./resources/image/image.js")).image,
  GoldenBuild: async () => (await import("./resources/golden-build/golden-build.js")).goldenBuild,
  Instance: async () => (await import("./resources/instance/instance.js")).instance,
  Network: async () => (await import("./resources/network/network.js")).network,
  Exec: async () => (await import("./resources/exec/exec.js")).exec,
  InstanceSnapshot: async () => (await import("./resources/instance-snapshot/instance-snapshot.js")).instanceSnapshot,
  Profile: async () => (await import("./resources/profile/profile.js")).profile,
  StoragePool: async () => (await import("./resources/storage-pool/storage-pool.js")).storagePool,
  StorageVolume: async () => (await import("./resources/storage-volume/storage-volume.js")).storageVolume,
  Project: async () => (await import("./resources/project/project.js")).project,
};
