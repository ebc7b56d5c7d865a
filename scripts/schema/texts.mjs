// Where the schema's text differs from that of the SDK, because programs in other languages write something else.

/** What the SDK words for TypeScript, in any text. */
export const replaced = [
  [/ ?Wrap secrets in `pulumi\.secret`\./g, ""],
  [/ In unit tests with `pulumi\.runtime\.setMocks`[^.]*instead\./g, ""],
  [/(: |, )?exactly one of these types\./gi, "."],
  [/^The source as an output\.$/g, ""],
];

const file = "a string, or an asset: a file or a text";
const volume = "An ISO volume; its `digest` makes new content under the same name a change.";

/** By `Type.property`, else by the name of the property. */
export const texts = {
  remote:
    "The LXD or Incus server. Another server forces replacement; another way to the same server does not. Default: the server of the provider.",
  "LookupImage.remote": "The LXD or Incus server, if it is not that of the provider. Conflicts with `server`.",
  "LookupImages.remote": "The LXD or Incus server, if it is not that of the provider. Conflicts with `server`.",
  "PublishTarget.remote": "The server. Default: the building server, for a copy in another `project`.",
  "Cdrom.volume": `${volume} Required unless \`hostPath\` is set.`,
  "IsoSource.volume": volume,
  "IsoSourceState.volume": volume,
  "GoldenImage.iso":
    "The installer's ISO volume: pool and name, its ID, `pool/name`, or its bare name. Different content builds a new version; the same content under another name does not. Pass the `digest` of the `IsoVolume` too, so that new content under the same name is noticed.",
  "VolumeReference.digest":
    "The output `digest` of the `IsoVolume`, so that new content under the same name is a change. Default: the content is not compared.",
  "Exec.instance":
    "Name of the instance to run the command in. It must be running; in a virtual machine, the provider waits for the guest agent. Another instance forces replacement: the command runs again in the new instance.",
  "InstanceSnapshot.instance":
    "Name of the instance. The snapshot is deleted with it. Another instance forces replacement.",
  "GuestFile.content": `The content: ${file}. It is compared by hash, so the same bytes from another location are not a change.`,
  "IsoSource.files":
    "Files by their paths in the image, for example `autounattend.xml` or `drivers/net.inf`: a string, an asset, or a file archive of a local directory.",
  "ProvisionStep.files": `File contents by absolute path in the guest: ${file}.`,
};

export const secretProperties = [
  "Remote.clientKey",
  "Remote.trustToken",
  "Remote.bearerToken",
  "Instance.expandedConfig",
];
