// What the guest of end-to-end tests is made of beside its script: a static busybox, and drivers of Debian's kernel.

export const busybox = "/bin/busybox";

/** Paths in the folder of the kernel's modules, in the order in which they need each other. */
export const modules = [
  ...["virtio/virtio_ring", "virtio/virtio", "virtio/virtio_pci_modern_dev", "virtio/virtio_pci_legacy_dev"],
  ...["virtio/virtio_pci", "scsi/scsi_common", "scsi/scsi_mod", "scsi/virtio_scsi", "cdrom/cdrom", "scsi/sr_mod"],
  ...["scsi/sd_mod", "acpi/button", "input/evdev"],
].map((name) => `drivers/${name}`);
