// The bytes that a plain resource takes in the state, with all that the engine adds to it.
import { join } from "node:path";
import { writeTinyIso } from "../quickstart/tiny-iso.mjs";
import { operations } from "./many.mjs";
import { Stack } from "./stack.mjs";

/** By the last part of the URN. */
const limits = {
  iso: { what: "an ISO volume", kibibytes: 1.5 },
  vm: { what: "a stopped virtual machine", kibibytes: 1.8 },
};

export async function benchState({ site, dir }) {
  const file = join(dir, "state.iso");
  writeTinyIso(file, "STATE");
  const program = `
    const lxd = require("pulumi-lxd");
    new lxd.IsoVolume("iso", { pool: "default", source: { file: ${JSON.stringify(file)} } });
    new lxd.Instance("vm", {
      type: "virtual-machine", running: false, profiles: [], rootDisk: { pool: "default", size: "16MiB" },
    });
  `;
  const config = { "lxd:socket": site.socket, "lxd:project": site.project };
  const stack = await Stack.create({ dir, name: "state", program, config });
  await stack.time(...operations.up);
  const resources = await stack.resources();
  await stack.time(...operations.destroy);
  return Object.entries(limits).map(([name, { what, kibibytes }]) => {
    const bytes = JSON.stringify(resources.find(({ urn }) => urn.endsWith(`::${name}`))).length;
    const target = `at most ${kibibytes} KiB`;
    return { what: `state of ${what}`, figure: `${bytes} bytes`, target, met: bytes <= kibibytes * 1024 };
  });
}
