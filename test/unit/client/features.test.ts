// The table of features: it has what the code asks servers for, and the documentation has the same table.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  type Feature,
  features,
  type Line,
  lines,
  releasesWith,
} from "../../../provider/lxd/client/discovery/features";

const root = join(__dirname, "../../..");
const lts: readonly Line[] = ["Incus 6.0", "LXD 5.0", "LXD 5.21"];

/** `yes` where a line has had it from its beginning, else the release since when, else `no`. */
function cell({ since }: Feature, line: Line): string {
  const release = since[line];
  if (release === undefined) return "no";
  const [, ...rest] = release.split(".");
  const isFirst = line === "LXD 6" || line === "Incus 6" ? rest[0] === "1" : /^0$|\.0$/.test(rest.join("."));
  return isFirst ? "yes" : release;
}

/** As the formatter writes it: every column as wide as its widest cell. */
function table(): string {
  const head = ["", ...lines.map((line) => (lts.includes(line) ? `${line} LTS` : line))];
  const rows = Object.values(features).map((feature) => [
    feature.description,
    ...lines.map((line) => cell(feature, line)),
  ]);
  const widths = head.map((_, i) => Math.max(3, ...[head, ...rows].map((row) => row[i]?.length ?? 0)));
  const write = (row: string[]): string => `| ${row.map((text, i) => text.padEnd(widths[i] ?? 0)).join(" | ")} |`;
  return [write(head), write(widths.map((width) => "-".repeat(width))), ...rows.map(write)].join("\n");
}

function sourcesOf(dir: string): string {
  const files = readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((name) => /(?<!\.d)\.ts$/.test(name));
  return files
    .filter((name) => !name.startsWith("embedded"))
    .map((name) => readFileSync(join(dir, name), "utf8"))
    .join("\n");
}

describe("the documentation", () => {
  it("has the table of features as the code has it", () => {
    expect(readFileSync(join(root, "docs/compatibility.md"), "utf8")).toContain(`\n${table()}\n`);
  });
});

/** Differences of the daemons that users do not see: the same things are done in another way. */
const invisible = ["explicit_trust_token", "instance_boot_mode", "metadata_configuration"];

it("has whatever the provider asks servers for", () => {
  const text = sourcesOf(join(root, "provider"));
  const asked = [
    ...text.matchAll(/extensions\.has\("(\w+)"\)/g),
    ...text.matchAll(/(?:require|missing)Extension\([^)]*?"(\w+)", "/g),
    ...text.matchAll(/needs\(client, "[\w.]+", \["(\w+)"/g),
    ...text.matchAll(/^ {4}\[.*"\w+", "([a-z]+_\w+)", "/gm),
    ...text.matchAll(/\w+Extension = "(\w+)"/g),
  ].map(([, extension]) => extension ?? "");
  expect(new Set(asked)).toContain("disk_io_bus_usb");
  expect(new Set(asked)).toContain("instances_rebuild");
  expect([...new Set(asked)].filter((name) => !(name in features) && !invisible.includes(name))).toEqual([]);
});

describe("the releases that have a feature", () => {
  it.each([
    ["custom_volume_iso", "any Incus, LXD 5.21 LTS or LXD 5.16"],
    ["backup_iso", "Incus 6.0.6 LTS or Incus 6.18"],
    ["instance_pool_move", undefined],
    ["tea", undefined],
  ])("%s are %s", (extension, releases) => expect(releasesWith(extension)).toBe(releases));
});
