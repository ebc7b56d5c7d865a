// Metadata that is generated for images without: what the daemons read, and the same bytes for the same description.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseYaml } from "../../../provider/base/yaml";
import { metadataTarball } from "../../../provider/content/disk-image/metadata";
import { metadataProblems } from "../../../provider/content/recognition/image-metadata";

let dir = "";
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), "generated-metadata-"))));
afterEach(() => rmSync(dir, { recursive: true }));

/** As `tar` unpacks it. */
function unpack(tarball: Buffer): (name: string) => string {
  writeFileSync(join(dir, "metadata.tar"), tarball);
  execFileSync("tar", ["-C", dir, "-xf", join(dir, "metadata.tar")]);
  return (name) => readFileSync(join(dir, name), "utf8");
}

const hostname = { when: ["create", "copy"], content: "{{ instance.name }}\n", createOnly: true } as const;
const whole = {
  os: "Debian",
  release: "13",
  variant: "yes",
  serial: "20261128_05:24",
  description: 'Debian "trixie": #1',
  architecture: "aarch64",
  creationDate: "2026-11-28T05:24:00Z",
  expiresAt: "2030-01-01T00:00:00+01:00",
  requirements: { secureboot: false, cgroup: "v1" },
  templates: {
    "/etc/hosts": { when: ["start" as const], content: "" },
    "/etc/hostname": { ...hostname, when: [...hostname.when] },
  },
};

it("without a description is what earlier releases generated", () => {
  const sha256 = createHash("sha256").update(metadataTarball({})).digest("hex");
  expect(sha256).toBe("38a8a61c958cb278113f502c4805c603933f3c849c417d4079dc4aca1f1b1a69");
  expect(unpack(metadataTarball({}))("metadata.yaml")).toBe("architecture: x86_64\ncreation_date: 1\n");
});

it("says everything in the words of the daemons", () => {
  const read = unpack(metadataTarball(whole));
  const text = read("metadata.yaml");
  expect(metadataProblems(Buffer.from(text))).toEqual([]);
  expect(parseYaml(text)).toEqual({
    architecture: "aarch64",
    creation_date: 1795843440,
    expiry_date: 1893452400,
    properties: {
      ...{ os: "Debian", release: "13", variant: "yes", serial: "20261128_05:24", description: 'Debian "trixie": #1' },
      ...{ "requirements.cgroup": "v1", "requirements.secureboot": "false" },
    },
    templates: {
      "/etc/hostname": { when: ["create", "copy"], create_only: true, template: "0.tpl" },
      "/etc/hosts": { when: ["start"], template: "1.tpl" },
    },
  });
  expect([read("templates/0.tpl"), read("templates/1.tpl")]).toEqual([hostname.content, ""]);
});

it("has the same bytes in whatever order the program writes it", () => {
  const reversed = (value: object): object =>
    Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, each]: [string, unknown]) => [
          key,
          typeof each === "object" && !Array.isArray(each) && each !== null ? reversed(each) : each,
        ]),
    );
  expect(metadataTarball(reversed(whole)).equals(metadataTarball(whole))).toBe(true);
  expect(metadataTarball({ ...whole, serial: "2" }).equals(metadataTarball(whole))).toBe(false);
});
