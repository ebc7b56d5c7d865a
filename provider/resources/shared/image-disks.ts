// The sizes of disks inside images of this program, so that a preview can compare them with root disks.
//
// Servers report only the packed size of an image. A fingerprint always means the same disk.

const sizes = new Map<string, number>();

export function noteDiskBytes(fingerprint: string, bytes: number): void {
  sizes.set(fingerprint, bytes);
}

/** Undefined for an image that this run has not read from local files. */
export function diskBytesOf(fingerprint: string): number | undefined {
  return sizes.get(fingerprint);
}
