// ISO volumes, images and storage volumes: what has bytes of its own.
import { join } from "node:path";

import { type Props } from "../../../provider/kind/props";
import { data, isoFile, type Place } from "../place";
import type { Program } from "../stack";
import { at, type Scenario, usual, type Verb } from "./scenario";

export const isoVolume = (place: Place): Scenario => {
  const args = { pool: "default", source: { file: isoFile(place, "a") }, description: "one" };
  const other = { ...args, source: { file: isoFile(place, "b") } };
  const program = (more: Props): Program => [at("IsoVolume", "medium", more)];
  return {
    name: "iso-volume",
    verbs: usual({
      first: program(args),
      changed: program({ ...args, description: "two" }),
      replaced: program(other),
    }),
  };
};

export const named = (place: Place): Scenario => {
  // A server that does not give content back cannot show what a broken run has left under a name.
  const args = { pool: "default", name: "f-fixed", source: { file: isoFile(place, "a") }, overwrite: true };
  const program = (more: Props): Program => [at("IsoVolume", "fixed", more)];
  const { create, replace, remove } = usual({
    first: program(args),
    changed: program({ ...args, description: "two" }),
    replaced: program({ ...args, source: { file: isoFile(place, "b") } }),
  });
  const theirs: Props = {
    ...args,
    name: "f-theirs",
    overwrite: false,
    trustContent: true,
    __import: "default/default/f-theirs",
  };
  return {
    name: "iso-volume-named",
    verbs: {
      create: create as Verb,
      replace: replace as Verb,
      remove: remove as Verb,
      import: { to: program(theirs), before: ({ importIso }) => importIso("f-theirs", "a") },
    },
  };
};

export const image = (place: Place): Scenario => {
  const source = (name: string): Props => ({ source: { file: join(place.files, `${name}.tar.gz`) } });
  const program = (more: Props): Program => [at("Image", "base", more)];
  return {
    name: "image",
    verbs: {
      ...usual({
        first: program({ ...source("a"), aliases: ["f-one"], properties: { os: "tiny" } }),
        changed: program({ ...source("a"), aliases: ["f-two", "f-three"], properties: { os: "other" }, public: true }),
        replaced: program({ ...source("b"), aliases: ["f-one"], properties: { os: "tiny" } }),
      }),
      import: {
        to: program({ ...source("a"), __import: `default/${place.fingerprintOf("a")}` }),
        before: ({ uploadImage }) => uploadImage("a"),
      },
    },
  };
};

export const volume = (): Scenario => {
  const program = (more: Props = {}): Program => [
    at("StorageVolume", "data", {
      pool: "default",
      name: "f-data",
      description: "one",
      config: { "user.a": "1" },
      ...more,
    }),
  ];
  const written = ({ fillVolume }: Place): Promise<void> => fillVolume("f-data", data);
  const rows = usual({
    first: program(),
    changed: program({ description: "two", config: { "user.a": "2" } }),
    replaced: program({ name: "f-block", contentType: "block", size: "1MiB" }),
  });
  return {
    name: "storage-volume",
    verbs: {
      ...rows,
      update: { ...(rows["update"] as Verb), written },
      rename: { from: program(), to: program({ name: "f-data2", description: "two" }), written },
      move: { from: program(), to: program({ pool: "f-other", description: "two" }), written },
      copy: {
        from: program(),
        to: [
          ...program(),
          at("StorageVolume", "copy", {
            pool: "default",
            name: "f-copy",
            source: { volume: { pool: "default", name: "f-data" } },
          }),
        ],
        written,
      },
      import: {
        to: program({ __import: "default/default/f-data" }),
        before: async ({ makeVolume, fillVolume }) => {
          await makeVolume("f-data", { description: "one", config: { "user.a": "1" } });
          await fillVolume("f-data", data);
        },
      },
    },
  };
};
