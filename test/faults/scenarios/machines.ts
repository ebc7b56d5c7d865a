// Instances, and what is about one.
import { type Props } from "../../../provider/kind/props";
import { isoFile, type Place } from "../place";
import type { Program, Resource } from "../stack";
import { at, type Scenario, usual, type Verb } from "./scenario";

export const container = (place: Place): Scenario => {
  const args: Props = {
    name: "f-ct",
    source: { image: place.base },
    rootDisk: { pool: "default" },
    config: { "user.a": "1" },
    profiles: [],
    files: [{ path: "/etc/motd", content: { text: "one" } }],
  };
  const program = (more: Props = {}): Program => [at("Instance", "ct", { ...args, ...more })];
  const written = ({ writeFile }: Place): Promise<void> => writeFile("f-ct", "/root/data", "mine");
  const rows = usual({
    first: program(),
    changed: program({
      config: { "user.a": "2" },
      description: "two",
      files: [{ path: "/etc/motd", content: { text: "two" } }],
    }),
    replaced: program({ name: "f-ct", profiles: [], source: { image: place.other } }),
  });
  return {
    name: "container",
    verbs: {
      ...rows,
      update: { ...(rows["update"] as Verb), written },
      rename: { from: program(), to: program({ name: "f-ct2", running: false, config: { "user.a": "3" } }), written },
      move: {
        from: program({ running: false }),
        to: program({ running: false, rootDisk: { pool: "f-other" }, description: "moved" }),
        written,
      },
      rebuild: {
        from: program({ running: false, onImageChange: "rebuild" }),
        to: program({ running: false, onImageChange: "rebuild", source: { image: place.other } }),
      },
      import: {
        to: program({ running: false, files: [], __import: "default/f-ct" }),
        before: ({ makeContainer }) => makeContainer("f-ct", { "user.a": "1" }),
      },
    },
  };
};

export const machine = (place: Place): Scenario => {
  const medium = at("IsoVolume", "installer", { pool: "default", source: { file: isoFile(place, "boot") } });
  const vm = (more: Props = {}): Resource =>
    at("Instance", "vm", (outputsOf) => {
      const { name, digest } = outputsOf("installer");
      return {
        name: "f-vm",
        type: "virtual-machine",
        rootDisk: { pool: "default", size: "64MiB" },
        config: { "limits.memory": "256MiB" },
        firmware: "uefi",
        profiles: [],
        cdroms: [{ volume: { pool: "default", name, digest }, bootPriority: 10, afterWaits: "eject" }],
        waitFor: [{ condition: "powered-off", timeout: "20s", stableFor: "20ms" }],
        ...more,
      };
    });
  const next = at("IsoVolume", "installer", { pool: "default", source: { file: isoFile(place, "boot2") } });
  return {
    name: "machine",
    verbs: usual({
      first: [medium, vm()],
      changed: [medium, vm({ config: { "limits.memory": "512MiB", "user.a": "2" }, description: "two" })],
      replaced: [next, vm()],
    }),
  };
};

/** A machine for what is about one. */
const host = (place: Place, more: Props = {}): Resource =>
  at("Instance", "host", {
    name: "f-host",
    source: { image: place.base },
    rootDisk: { pool: "default" },
    profiles: [],
    ...more,
  });

const ofHost = (outputsOf: (name: string) => Props): Props => {
  const { name, __identity } = outputsOf("host");
  return { instance: name, __instance: __identity };
};

export const snapshot = (place: Place): Scenario => {
  const program = (more: Props = {}, of: Props = {}): Program => [
    host(place, { running: false, ...of }),
    at("InstanceSnapshot", "before", (outputsOf) => ({ ...ofHost(outputsOf), name: "f-before", ...more })),
  ];
  const rows = usual({
    first: program(),
    changed: program({ name: "f-later", expiresAt: "2040-01-01T00:00:00Z" }),
    replaced: program({}, { name: "f-host2", source: { image: place.other } }),
  });
  return {
    name: "snapshot",
    verbs: {
      ...rows,
      rename: { from: program(), to: program({ name: "f-later" }, { name: "f-host2" }) },
      restore: {
        from: program({ restore: 1 }),
        to: program({ restore: 2 }),
        written: ({ writeFile }) => writeFile("f-host", "/root/data", "to be undone"),
      },
    },
  };
};

export const exec = (place: Place): Scenario => {
  const program = (word: string, more: Props = {}): Program => [
    host(place),
    at("Exec", "setup", (outputsOf) => ({
      ...ofHost(outputsOf),
      command: ["/bin/sh", "-c", `echo ${word} > /tmp/word`],
      // As it may run twice.
      onDelete: ["/bin/busybox", "rm", "-f", "/tmp/word"],
      ...more,
    })),
  ];
  return {
    name: "exec",
    verbs: {
      ...usual({ first: program("one"), changed: program("two"), replaced: program("one") }),
      replace: {
        from: program("one"),
        to: [
          host(place, { name: "f-host2", source: { image: place.other }, allowRestart: true }),
          ...program("one").slice(1),
        ],
      },
      remove: { from: program("one"), to: [host(place)] },
    },
  };
};
