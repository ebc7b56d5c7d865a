// What the program is after an advice that leaves something to its author was followed, or why no program can be.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { tinyImage, tinyIso } from "../harness";
import { type Program } from "./following";

/** The program as it was, and the folder of the files. */
type Follow = (program: Program, dir: string) => Program;

const withArgs =
  (args: Record<string, unknown>): Follow =>
  (program) => ({ kind: program.kind, args: { ...program.args, ...args } });
const withFile =
  (field: string, make: () => Buffer): Follow =>
  (program, dir) => {
    const path = join(dir, "mended");
    writeFileSync(path, make());
    const { source } = program.args;
    const rest = typeof source === "object" ? source : {};
    return { kind: program.kind, args: { ...program.args, source: { ...rest, [field]: path } } };
  };
const image = (metadata?: string): Follow =>
  withFile("file", () => tinyImage({ withoutBusybox: true, ...(metadata !== undefined && { metadata }) }));
const mended = (line: string): Follow => image(`architecture: x86_64\ncreation_date: 1600000000\n${line}`);
const hex = "0123456789abcdef".repeat(4);
const iso = withFile("file", tinyIso);
const result =
  (field: string, name: string): Follow =>
  ({ kind, args }, dir) => ({
    kind,
    args: { ...args, source: { ...(args["source"] as object), [field]: join(dir, "work", name) } },
  });

export const followed: Record<string, Follow> = {
  "an address without a card": withArgs({ nics: [{ nictype: "p2p" }], waitFor: [{ condition: "ipv4" }] }),
  "CPUs in words": withArgs({ config: { "limits.cpu": "0-3,8" } }),
  "a plain root disk without its pool": withArgs({ devices: {}, rootDisk: { pool: "default", size: "5GiB" } }),
  "a root disk of a profile without its pool": withArgs({ devices: {}, rootDisk: { pool: "default" } }),
  "a key that the server manages": withArgs({
    config: {},
    nics: [{ nictype: "p2p", mac: "02:00:5e:10:00:01" }],
  }),
  "a profile of an image twice": withArgs({ profiles: ["default"] }),
  "two equal boot priorities": withArgs({
    nics: [
      { nictype: "p2p", bootPriority: 1 },
      { nictype: "p2p", bootPriority: 2 },
    ],
  }),
  "a container of nothing": withArgs({ type: "virtual-machine" }),
  "a name that is no host name": withArgs({ name: "not-a-host" }),
  "a source that is a path": iso,
  "a source with a mistyped key": ({ kind, args }, dir) => iso({ kind, args: { ...args, source: {} } }, dir),
  "two sources": ({ kind, args }, dir) => iso({ kind, args: { ...args, source: {} } }, dir),
  "a file that is not there": iso,
  "a project that does not exist": withArgs({ project: "default" }),
  "a compressed ISO image": result("file", "../debian.iso"),
  "a login page as an ISO image": iso,
  "a pointer of Git LFS": iso,
  "an HTML page as a disk": withFile("disk", () => Buffer.alloc(65_536)),
  "an ISO image as a disk": (_program, dir) => ({
    kind: "IsoVolume",
    args: { pool: "default", source: { file: join(dir, "medium.iso") } },
  }),
  "an OVA with two disks": (program, dir) => ({
    kind: program.kind,
    args: { source: { disk: join(dir, "work", "a.vmdk"), format: "vmdk" } },
  }),
  "metadata alone as an image": (program, dir) => ({
    kind: program.kind,
    args: {
      source: {
        metadata: join(dir, "metadata.tar.gz"),
        rootfs: join(dir, "cloud.img"),
        type: "virtual-machine",
      },
    },
  }),
  "a backup as an image": ({ kind, args }) => ({ kind, args: { ...args, rootDisk: { pool: "default" } } }),
  "metadata.yaml as an image": image(),
  "an image packed with its folder": result("file", "image.tar.gz"),
  "a date in milliseconds": image("architecture: x86_64\ncreation_date: 1735689600\n"),
  "no date": mended(""),
  "a list in properties": mended("properties:\n  os: debian,ubuntu\n"),
  "an expiry after the year 9999": mended("expiry_date: 253402300\n"),
  "an unknown architecture": mended(""),
  "metadata that is no YAML": mended(""),
  "empty metadata": image("architecture: x86_64\ncreation_date: 1735689600\n"),
  "metadata.yaml instead of its tarball": result("metadata", "metadata.tar.gz"),
  "an expiry after the year 9999 in UTC": withArgs({ expiresAt: "9999-12-31T23:30:00Z" }),
  "the backup of a container as a virtual machine": withArgs({ type: "container" }),
  "a backup that was packed again": result("backup", "backup.tar"),
  "a checksum of MD5": withArgs({ source: { url: "http://127.0.0.1:9/a.iso", checksum: `sha256:${hex}` } }),
  "no checksum": withArgs({ source: { url: "http://127.0.0.1:9/a.iso", checksum: `sha256:${hex}` } }),
  "a checksum that is too short": withArgs({ source: { url: "http://127.0.0.1:9/a.iso", checksum: `sha256:${hex}` } }),
};

const needsServer = "needs the image server of the advice";
const noAdvice = "there is nothing to write instead";
const needsFiles = "needs the other files of the disk";

/** Rows whose advice no test here can follow. */
export const unfollowed: Record<string, string> = {
  "a network that does not exist": "there are no networks to name",
  "profiles of an image that do not exist, or twice": "the second mistake of the row stays",
  "the name of an image as a fingerprint": needsServer,
  "a source that is a text": needsServer,
  "a remote of the command line in an alias": needsServer,
  "a remote of the command line as an image": needsServer,
  "the name of an image as a source": needsServer,
  "the name of an image as the source of an image": needsServer,
  "the source of an instance as that of an image": needsServer,
  "an alias without its server": needsServer,
  "a remote of OCI images": noAdvice,
  "an unknown protocol": needsServer,
  "an unknown protocol of an instance": needsServer,
  "a disk in a zip archive": "the names in an archive are anyone's",
  "a disk over another disk": needsFiles,
  "a disk with its data elsewhere": needsFiles,
  "an overlay as the root of a machine": needsFiles,
  "a volume as an instance": "the daemon lacks custom_volume_backup",
};
