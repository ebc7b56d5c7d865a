// The examples of Debian and Ubuntu against an installer: the keys that they type, and what it makes of the answers.
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PulumiProject } from "./harness/project";
import { describeEachSite, type Site } from "./harness/site";
import { Build } from "./vendor-media/build";
import { debianIso, missingInstaller, ubuntuIso } from "./vendor-media/installers";

/** A minute each where there is no hardware virtualization: not for every run. */
const variable = "INSTALLER_EXAMPLES";

interface Example {
  name: string;
  makeIso: (file: string) => Promise<void>;
  prepare: (project: PulumiProject) => Promise<void>;
  says: RegExp;
}

const examples: Example[] = [
  {
    name: "debian-preseed",
    makeIso: debianIso,
    // The first thing that Debian's installer does with answers that it has found.
    prepare: ({ dir }) =>
      appendFile(
        join(dir, "preseed.cfg"),
        "d-i preseed/early_command string grep netcfg/hostname /preseed.cfg >/dev/console\n",
      ),
    says: /^d-i netcfg\/hostname string answered/m,
  },
  {
    name: "ubuntu-autoinstall",
    makeIso: ubuntuIso,
    prepare: () => Promise.resolve(),
    says: /Command line: BOOT_IMAGE=\/casper\/vmlinuz autoinstall console=ttyS0 ---[^]*Starting system log daemon/,
  },
];

for (const example of examples) {
  describeEachSite(`the example ${example.name} with an installer`, (site) => define(example, site), ["incus"]);
}

function define({ name, makeIso, prepare, says }: Example, site: Site): void {
  let project: PulumiProject | undefined;
  let build: Build | undefined;
  let missing: string | undefined;

  beforeAll(async () => {
    const isWanted = process.env[variable] !== undefined;
    missing = isWanted ? await missingInstaller() : `takes a minute: set ${variable}=1 to run it`;
    if (missing !== undefined) return;
    const config = { ...site.config, iso: "installer.iso", hostname: "answered" };
    const made = (project = await PulumiProject.create({ program: { example: name }, config }));
    await made.setConfig("passwordHash", "$6$salt$hash", { secret: true });
    await makeIso(join(made.dir, "installer.iso"));
    await prepare(made);
    build = new Build(site, made);
  }, 180_000);
  afterAll(async () => {
    await build?.stop();
    await project?.dispose();
  }, 60_000);

  it("boots it by its keys, with its options and its answers", async (context) => {
    if (missing !== undefined) context.skip(missing);
    expect(await build?.consoleSaying(says, 300_000)).toMatch(says);
  }, 310_000);
}
