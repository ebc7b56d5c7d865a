// The program that `pulumi-lxd import iso-volumes` writes, and the same as JSON.
import { expect, it } from "vitest";
import { importCommand } from "../../../cli/import";
import { runCommand } from "../../contract/harness/command";
import { fakeDaemon, sync } from "../client/fake-daemon";

const volume = (name: string, more: object = {}): object => ({
  name,
  type: "custom",
  content_type: "iso",
  description: "",
  config: {},
  created_at: "2026-01-01T00:00:00Z",
  location: "none",
  used_by: [],
  ...more,
});

async function imported(volumes: object[], ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const environment = { server: "incus", server_version: "6.0.4" };
  const daemon = await fakeDaemon({
    "GET /1.0": sync({ auth: "trusted", api_extensions: ["custom_volume_iso"], environment }),
    "GET /1.0/storage-pools": sync([{ name: "fast", driver: "dir", status: "Created", config: {} }]),
    "GET /1.0/storage-pools/fast/volumes/custom": sync(volumes),
  });
  return runCommand(importCommand, "iso-volumes", "--socket", daemon.client.transport.place, ...args);
}

const volumes = [volume("one", { description: 'the "first"' }), volume("two", { location: "node1" }), volume("a b")];

it("declares each volume protected, and says what it leaves out", async () => {
  expect(await imported(volumes)).toEqual({
    code: 0,
    out: [
      "// 2 ISO volumes of Incus 6.0.4, as they are.",
      'import * as lxd from "pulumi-lxd";',
      "",
      'new lxd.IsoVolume("one", { pool: "fast", name: "one", description: "the \\"first\\"" }, { import: "default/fast/one", protect: true });',
      'new lxd.IsoVolume("two", { pool: "fast", name: "two", target: "node1" }, { import: "default/fast/two", protect: true });',
    ].join("\n"),
    err: "Left out: default/fast/a b: other servers do not accept its name; rename it",
  });
});

it("is told as JSON", async () => {
  const { code, out, err } = await imported(volumes, "--json");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(JSON.parse(out)).toEqual({
    ok: true,
    server: "Incus 6.0.4",
    project: "default",
    volumes: [
      { resource: "one", import: "default/fast/one", pool: "fast", name: "one", description: 'the "first"' },
      { resource: "two", import: "default/fast/two", pool: "fast", name: "two", description: "", target: "node1" },
    ],
    skipped: [{ pool: "fast", name: "a b", reason: "other servers do not accept its name; rename it" }],
    program: (await imported(volumes)).out,
  });
});
