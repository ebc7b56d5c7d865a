// Golden images as their suites see them: a build to drive, and what the daemon says of its images and machines.
import { randomBytes } from "node:crypto";
import { describeEachDaemon, type TestDaemon } from "../harness";
import { StackResource } from "../harness/stack";
import { writeDisk } from "../instance/disk-writer";
import { type RawInstance, Site } from "../instance/site";

export interface RawImage {
  fingerprint: string;
  filename: string;
  type: string;
  public: boolean;
  expires_at: string;
  uploaded_at: string;
  properties: Record<string, string>;
  aliases: { name: string; description: string }[];
}

type Args = Record<string, unknown>;

/** One golden image, whose versions are given as the component gives them: anew whenever something that goes in changes. */
export class Golden {
  readonly resource: StackResource;
  version = randomVersion();

  constructor(
    readonly site: GoldenSite,
    readonly iso: string,
    readonly name = site.name(),
  ) {
    this.resource = new StackResource("GoldenBuild", name, site.daemon.socket);
  }

  get alias(): string {
    return `${this.name}-alias`;
  }

  args(more: Args = {}): Args {
    const rootDisk = { pool: "default", size: "64MiB" };
    return {
      version: this.version,
      iso: { pool: "default", name: this.iso, digest: `sha256:${this.iso}` },
      machine: { memory: "256MiB", rootDisk, firmware: "uefi", profiles: [], ...(more["machine"] as object) },
      install: { timeout: "2m", stableFor: this.site.isSimulated ? "300ms" : "2s" },
      image: { aliases: [this.alias], properties: { os: "tiny" }, ...(more["image"] as object) },
      ...Object.fromEntries(Object.entries(more).filter(([key]) => !["machine", "image"].includes(key))),
    };
  }

  /** As the component would: with another version. */
  next(more: Args = {}): Args {
    this.version = randomVersion();
    return this.args(more);
  }

  builderName(version = this.version): string {
    return `${this.name}-${version}`;
  }

  /** The versions that the daemon has, the oldest first. */
  async images(): Promise<RawImage[]> {
    const all = await this.site.get<RawImage[]>("/1.0/images?recursion=1");
    return all
      .filter(({ properties }) => properties["user.pulumi.owner"] === this.resource.urn)
      .sort((a, b) => Date.parse(a.uploaded_at) - Date.parse(b.uploaded_at));
  }

  async versions(): Promise<string[]> {
    return (await this.images()).map(({ properties }) => properties["version"] ?? "");
  }

  async machines(): Promise<string[]> {
    const all = await this.site.get<RawInstance[]>("/1.0/instances?recursion=1");
    return all.map(({ name }) => name).filter((name) => name.startsWith(`${this.name}-`));
  }

  /** The fingerprint that the alias names. */
  async target(): Promise<string | undefined> {
    return (await this.site.find<{ target: string }>(`/1.0/images/aliases/${this.alias}`))?.target;
  }
}

export class GoldenSite extends Site {
  /** A disk that was never written is not published. */
  protected override get install(): string {
    return writeDisk;
  }

  async golden(behaviour: Parameters<Site["iso"]>[0] = "power off"): Promise<Golden> {
    return new Golden(this, await this.iso(behaviour));
  }
}

export function randomVersion(): string {
  return randomBytes(4).toString("hex");
}

export function describeGoldenImages(title: string, suite: (site: GoldenSite) => void): void {
  describeEachDaemon(title, (daemon: TestDaemon) => suite(new GoldenSite(daemon)));
}
