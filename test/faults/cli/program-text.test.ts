// What a scenario's program looks like as a user's.
import { expect, it } from "vitest";
import { at } from "../scenarios/scenario";
import { textOf } from "./program-text";

const lines = (text: string): string[] => text.split("\n").filter((line) => line.startsWith("made["));

it("declares each resource after the one before it, on the socket", () => {
  const program = [at("Profile", "a", { name: "p", config: { "user.a": "1" } }), at("Image", "b", { aliases: ["x"] })];
  expect(lines(textOf(program, "/s"))).toEqual([
    `made["a"] = new lxd.Profile("a", { "remote": { "socket": "/s" }, "name": "p", "config": { "user.a": "1" } }, { "dependsOn": [] });`,
    `made["b"] = new lxd.Image("b", { "remote": { "socket": "/s" }, "aliases": ["x"] }, { "dependsOn": [made["a"]] });`,
  ]);
});

it("names outputs, instances and what is imported as programs do", () => {
  const program = [
    at("Instance", "host", { files: [{ content: { text: "x" } }], __import: "default/host" }),
    at("Exec", "setup", (outputsOf) => {
      const { name, __identity, status } = outputsOf("host");
      return { instance: name, __instance: __identity, command: [status] };
    }),
    at("GoldenBuild", "golden", {}),
  ];
  expect(lines(textOf(program, "/s"))).toEqual([
    `made["host"] = new lxd.Instance("host", { "remote": { "socket": "/s" }, "files": [{ "content": "x" }] }, { "dependsOn": [], "import": "default/host" });`,
    `made["setup"] = new lxd.Exec("setup", { "remote": { "socket": "/s" }, "instance": made["host"], "command": [made["host"].status] }, { "dependsOn": [made["host"]] });`,
    `made["golden"] = new GoldenBuild("golden", { "remote": { "socket": "/s" } }, { "dependsOn": [made["setup"]] });`,
  ]);
});
