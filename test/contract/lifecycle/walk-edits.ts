// What a user does to a program between two runs, chosen at random.
import { join } from "node:path";
import { isoFile, type Place } from "../../faults/place";
import { type Random } from "../../faults/random";
import { type Props } from "../harness/stack-run";
import { type Entry, type Program, templates } from "./walk-program";

export interface Edited {
  /** `rename r3 to w9`, for the failure message. */
  said: string;
  program: Program;
  /** `--replace` of the resources of these logical names. */
  replace?: string[];
  /** What is done by hand before. */
  hand?: () => Promise<void>;
  /** Only what is imported can be edited further. */
  isImport?: boolean;
  /** No order of changes leads there in one run: two have each other's names. */
  mayBeRefused?: boolean;
}

export interface Editing {
  program: Program;
  /** The last one of which a run succeeded. */
  good: Program;
  random: Random;
  place: Place;
  /** A number that no other resource or object of the walk has. */
  next: () => number;
}

type Edit = (editing: Editing) => Edited | undefined;

const one = <T>(random: Random, items: readonly T[]): T | undefined => items[random.below(Math.max(1, items.length))];
const named = (program: Program): Program => program.filter(({ args }) => args["name"] !== undefined);
const put = (program: Program, old: Entry, args: Props, more: Partial<Entry> = {}): Program =>
  program.map((entry) => (entry === old ? { ...entry, ...more, args: { ...entry.args, ...args } } : entry));

const add: Edit = ({ program, random, place, next }) => {
  const template = one(random, templates);
  const of = one(
    random,
    program.filter(({ kindName, name }) => {
      // In which order a server lists snapshots says nothing.
      const isTaken = kindName === "Instance" && program.some(({ of: other }) => other === name);
      return kindName === template?.of && !isTaken;
    }),
  );
  if (template === undefined || (template.of !== undefined && of === undefined)) return undefined;
  const id = next();
  const entry = { ...template.entry({ logical: `r${id}`, own: `w${id}` }, place), of: of?.name, mark: `${id}` };
  return { said: `add ${entry.kindName} ${entry.name}`, program: [...program, entry] };
};

const remove: Edit = ({ program, random }) => {
  const free = program.filter(({ name }) => !program.some(({ of }) => of === name));
  const gone = one(random, free);
  return gone && { said: `remove ${gone.name}`, program: program.filter((entry) => entry !== gone) };
};

const rename: Edit = ({ program, random, next }) => {
  const entry = one(random, named(program));
  const name = `w${next()}`;
  return entry && { said: `rename ${entry.name} to ${name}`, program: put(program, entry, { name }) };
};

const swapNames: Edit = ({ program, random }) => {
  const first = one(random, named(program));
  const other = one(
    random,
    named(program).filter((entry) => entry !== first && entry.kindName === first?.kindName && entry.of === first.of),
  );
  if (first === undefined || other === undefined) return undefined;
  const { name } = first.args;
  const swapped = put(put(program, first, { name: other.args["name"] }), other, { name });
  return { said: `swap the names of ${first.name} and ${other.name}`, program: swapped, mayBeRefused: true };
};

const describe: Edit = ({ program, random, next }) => {
  const entry = one(random, program);
  if (entry === undefined) return undefined;
  const text = `text ${next()}`;
  const expiresAt = `20${40 + random.below(50)}-01-01T00:00:00Z`;
  const { kindName } = entry;
  const args =
    kindName === "Image"
      ? { properties: { text } }
      : kindName === "InstanceSnapshot"
        ? { expiresAt }
        : { description: text };
  return { said: `describe ${entry.name}`, program: put(program, entry, args) };
};

/** Other bytes: of most kinds another object. */
const changeContent: Edit = ({ program, random, place, next }) => {
  const flip = (name: string): Props | undefined => {
    const entry = program.find((each) => each.name === name);
    const text = JSON.stringify(entry?.args["source"] ?? entry?.args["contentType"] ?? "");
    if (entry?.kindName === "IsoVolume")
      return { source: { file: isoFile(place, text.includes("/a.iso") ? "b" : "a") } };
    if (entry?.kindName === "Image")
      return { source: { file: join(place.files, text.includes("/a.tar.gz") ? "b.tar.gz" : "a.tar.gz") } };
    if (entry?.kindName === "StorageVolume") return { contentType: text.includes("block") ? "filesystem" : "block" };
    const hasImage = entry?.kindName === "Instance" && entry.args["source"] !== undefined;
    return hasImage ? { source: { image: text.includes(place.base) ? place.other : place.base } } : undefined;
  };
  const entry = one(
    random,
    program.filter(({ name }) => flip(name) !== undefined),
  );
  return (
    entry && {
      said: `change the content of ${entry.name}`,
      program: put(program, entry, flip(entry.name) ?? {}, { mark: `${next()}` }),
    }
  );
};

const move: Edit = ({ program, random }) => {
  const entry = one(
    random,
    program.filter(({ kindName, name }) => {
      // A snapshot keeps the devices that its machine had.
      const hasSnapshot = program.some((each) => each.kindName === "InstanceSnapshot" && each.of === name);
      return (kindName === "Instance" && !hasSnapshot) || kindName === "StorageVolume";
    }),
  );
  if (entry === undefined) return undefined;
  const disk = entry.args["rootDisk"] as Props | undefined;
  const pool = (disk ?? entry.args)["pool"] === "default" ? "f-other" : "default";
  const args = disk === undefined ? { pool } : { rootDisk: { ...disk, pool } };
  return { said: `move ${entry.name} to ${pool}`, program: put(program, entry, args) };
};

const replace: Edit = ({ program, random, next }) => {
  const entry = one(random, program);
  return (
    entry && {
      said: `replace ${entry.name}`,
      program: put(program, entry, {}, { mark: `${next()}` }),
      replace: [entry.name],
    }
  );
};

/** Into a component, with an alias for what it was. What is named by its URN would be another one. */
export const wrapper = "pkg:index:Wrapped";
export const wrapped: readonly Entry["kindName"][] = [
  ...(["Instance", "InstanceSnapshot", "StorageVolume", "Profile", "Network", "Project", "StoragePool"] as const),
];

const wrap: Edit = ({ program, random }) => {
  const free = program.filter(({ kindName, parent }) => parent === undefined && wrapped.includes(kindName));
  const entry = one(random, free);
  if (entry === undefined) return undefined;
  const inside = { ...entry, parent: wrapper };
  return { said: `wrap ${entry.name}`, program: program.map((each) => (each === entry ? inside : each)) };
};

/** Something that somebody made by hand. */
const importNew: Edit = ({ program, place, next, random }) => {
  const id = next();
  const [logical, own] = [`r${id}`, `w${id}`];
  const entry = (kindName: Entry["kindName"], args: Props, importId: string): Entry => ({
    kindName,
    name: logical,
    args,
    import: importId,
    mark: logical,
  });
  const root = {
    source: { image: place.base },
    rootDisk: { pool: "default" },
    profiles: [],
    running: false,
    allowRestart: true,
  };
  const all: [Entry, () => Promise<void>][] = [
    [entry("Profile", { name: own }, `default/${own}`), () => place.make("/1.0/profiles", { name: own })],
    [entry("StorageVolume", { name: own, pool: "default" }, `default/default/${own}`), () => place.makeVolume(own)],
    [entry("Instance", { name: own, ...root }, `default/${own}`), () => place.makeContainer(own)],
  ];
  const [imported, hand] = one(random, all) ?? [];
  if (imported === undefined || hand === undefined) return undefined;
  return {
    said: `import ${imported.kindName} ${own} as ${logical}`,
    program: [...program, imported],
    hand,
    isImport: true,
  };
};

/** The same object under another logical name. */
const importOwn: Edit = ({ program, good, random, next }) => {
  const kindNames = ["Profile", "StorageVolume", "Instance"];
  const free = program.filter(
    ({ kindName, name, of }) =>
      kindNames.includes(kindName) && of === undefined && !program.some((each) => each.of === name),
  );
  const old = one(random, free);
  // An import takes what is there as it is.
  const isThere = good.some((each) => JSON.stringify(each) === JSON.stringify(old));
  if (old === undefined || !isThere) return undefined;
  const logical = `r${next()}`;
  const { name, pool } = old.args;
  const id = ["default", ...(old.kindName === "StorageVolume" ? [pool] : []), name].join("/");
  const { aliases: _aliases, parent: _parent, ...rest } = old;
  const entry = { ...rest, name: logical, import: id };
  return {
    said: `import ${old.name} as ${logical}`,
    program: [...program.filter((each) => each !== old), entry],
    isImport: true,
  };
};

const edits: readonly Edit[] = [
  ...[add, add, add, remove, rename, swapNames, describe, changeContent, move, replace, wrap, importNew, importOwn],
];

/** One that is possible. */
export function edit(editing: Editing): Edited {
  for (;;) {
    const edited = one(editing.random, edits)?.(editing);
    if (edited !== undefined) return edited;
  }
}
