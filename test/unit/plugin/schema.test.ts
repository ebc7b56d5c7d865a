// The schema of the Pulumi package: generated from the SDK, equal to the provider's own schemas, worded for any language.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as yaml from "js-yaml";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { ObjectSpec, PackageSchema, TypeSpec } from "../../../scripts/schema/index.mjs" with {
  "resolution-mode": "import",
};
import { configKeys } from "../../../provider/engine/stack-config";
import { validate } from "../../../provider/kind/validate";
import { exec } from "../../../provider/resources/exec/exec";
import { goldenBuild } from "../../../provider/resources/golden-build/golden-build";
import { image } from "../../../provider/resources/image/image";
import { instance } from "../../../provider/resources/instance/instance";
import { instanceSnapshot } from "../../../provider/resources/instance-snapshot/instance-snapshot";
import { isoVolume } from "../../../provider/resources/iso-volume/iso-volume";
import { network } from "../../../provider/resources/network/network";
import { profile } from "../../../provider/resources/profile/profile";
import { project } from "../../../provider/resources/project/project";
import { storagePool } from "../../../provider/resources/storage-pool/storage-pool";
import { storageVolume } from "../../../provider/resources/storage-volume/storage-volume";

interface Kind {
  schema: z.ZodObject;
  policies: object;
}

const kinds: Record<string, Kind> = {
  Exec: exec,
  GoldenImage: goldenBuild,
  Image: image,
  Instance: instance,
  InstanceSnapshot: instanceSnapshot,
  IsoVolume: isoVolume,
  Network: network,
  Profile: profile,
  Project: project,
  StoragePool: storagePool,
  StorageVolume: storageVolume,
};
/** What the SDK or a host adds to the inputs of a program. */
const added = ["version", "__instance", "stdout", "stderr", "digest"];
const addedTo = ["files[].digest"];

const examples = join(__dirname, "../../../scripts/schema/examples");
let schema: PackageSchema;
let committed: string;

beforeAll(async () => {
  const { packageSchema, schemaFile } = await import("../../../scripts/schema/index.mjs");
  schema = packageSchema();
  committed = readFileSync(schemaFile, "utf8");
});

it("is the committed one; `npm run schema` updates it", () => {
  expect(JSON.parse(committed)).toEqual(schema);
});

it("has every kind, and every setting of the stack's config as a setting of the provider", () => {
  expect(Object.keys(schema.resources)).toEqual(Object.keys(kinds).map((name) => `lxd:index:${name}`));
  expect(Object.keys(schema.functions)).toEqual(["lxd:index:lookupImage", "lxd:index:lookupImages"]);
  expect(Object.keys(schema.config.variables).sort()).toEqual([...configKeys].sort());
  expect(schema.provider.inputProperties).toEqual(schema.config.variables);
});

describe.each(Object.keys(kinds))("of %s", (name) => {
  const kind = kinds[name] as Kind;
  const shape = Object.fromEntries(Object.entries(kind.schema.shape).filter(([key]) => !added.includes(key)));
  const resource = () => schema.resources[`lxd:index:${name}`] as PackageSchema["resources"][string];

  it("has the inputs that the provider takes", () => {
    const { inputProperties, requiredInputs } = resource();
    expect(Object.keys(inputProperties).sort()).toEqual(Object.keys(shape).sort());
    const required = Object.entries(shape).filter(([, type]) => !accepts(type, undefined));
    expect(requiredInputs).toEqual(required.map(([key]) => key).sort());
  });

  it("has the types that the provider takes", () => {
    const { inputProperties } = resource();
    const differences = Object.entries(shape).flatMap(([key, type]) => compare(type, inputProperties[key], key));
    expect(differences.filter((path) => !addedTo.includes(path))).toEqual([]);
  });

  it("says which changes always replace", () => {
    const { inputProperties } = resource();
    const said = Object.keys(inputProperties).filter((key) => inputProperties[key]?.willReplaceOnChanges === true);
    const always = Object.entries(kind.policies).filter(([, cost]) => cost === "replace");
    expect(said.sort()).toEqual(
      always
        .map(([key]) => key)
        .filter((key) => key in inputProperties)
        .sort(),
    );
  });

  it("has every input as an output", () => {
    expect(Object.keys(resource().properties)).toEqual(expect.arrayContaining(Object.keys(shape)));
  });
});

describe.each(readdirSync(examples))("the example %s", (file) => {
  const program = yaml.safeLoad(readFileSync(join(examples, file), "utf8")) as Program;

  it("belongs to a resource or a function", () => {
    const name = basename(file, ".yaml");
    const functionName = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    expect([...Object.keys(schema.resources), ...Object.keys(schema.functions)]).toContainEqual(
      expect.stringMatching(new RegExp(`^lxd:index:(${name}|${functionName})$`)),
    );
  });

  it("is valid", () => {
    const failures = Object.values(program.resources ?? {}).flatMap(({ type, properties }) => {
      const { schema: inputs } = kinds[type.replace("lxd:", "")] as Kind;
      // A golden image's version and a fingerprint from a lookup are known only to the provider.
      const known = { version: "1", ...properties };
      return validate(inputs, "version" in inputs.shape ? known : properties).failures;
    });
    expect(failures.filter(({ property }) => property !== "source.image")).toEqual([]);
  });
});

interface Program {
  resources?: Record<string, { type: string; properties: Record<string, unknown> }>;
}

it("has a text for everything, which TypeScript programs are not alone in understanding", () => {
  const texts = [...textsIn(schema, "")];
  expect(texts.filter(([, text]) => text.trim() === "").map(([path]) => path)).toEqual([]);
  const typescript =
    /pulumi\.(secret|asset|Input|Output)|new lxd|FileAsset|StringAsset|Uint8Array|`Remote`|RemoteArgs|of this program|setMocks/;
  expect(texts.filter(([, text]) => typescript.test(text))).toEqual([]);
  const undescribed = [
    ...Object.entries(schema.types).filter(([, type]) => type.enum === undefined),
    ...Object.entries(schema.resources),
  ].filter(([, { description }]) => !description);
  expect(undescribed.map(([name]) => name)).toEqual([]);
});

it("marks every credential as a secret", () => {
  const objects = { ...schema.types, config: { properties: schema.config.variables } };
  const credentials = Object.entries(objects).flatMap(([name, { properties = {} }]: [string, ObjectSpec]) =>
    Object.entries(properties)
      .filter(([key]) => /key|token/i.test(key) && key !== "key" && key !== "publicKey")
      .map(([key, spec]) => [name, key, spec.secret]),
  );
  expect(credentials).toHaveLength(6);
  expect(credentials.filter(([, , secret]) => secret !== true)).toEqual([]);
});

function* textsIn(value: object, path: string): Generator<[string, string]> {
  for (const [key, each] of Object.entries(value) as [string, unknown][]) {
    if (key === "description" && typeof each === "string") yield [path, each];
    else if (typeof each === "object" && each !== null) yield* textsIn(each, `${path}.${key}`);
  }
}

function accepts(type: unknown, value: unknown): boolean {
  return (type as z.ZodType).safeParse(value).success;
}

/** The paths at which the provider takes another type; a union that is told apart by its keys is compared by its fields. */
function compare(zod: unknown, spec: TypeSpec | undefined, path: string): string[] {
  if (spec === undefined) return [path];
  if (zod instanceof z.ZodOptional) return compare(zod.unwrap(), spec, path);
  if (zod instanceof z.ZodArray) return compare(zod.element, spec.items, `${path}[]`);
  if (zod instanceof z.ZodRecord) return compare(zod.valueType, spec.additionalProperties, `${path}{}`);
  const target =
    spec.$ref?.startsWith("#/types/") === true ? schema.types[spec.$ref.slice("#/types/".length)] : undefined;
  if (zod instanceof z.ZodObject) {
    const properties = target?.properties ?? {};
    const own = Object.keys(properties)
      .filter((key) => !(key in zod.shape))
      .map((key) => `${path}.${key}`);
    return [
      ...own,
      ...Object.entries(zod.shape).flatMap(([key, type]) => compare(type, properties[key], `${path}.${key}`)),
    ];
  }
  if (zod instanceof z.ZodEnum) {
    const values = target?.enum?.map(({ value }) => value) ?? [];
    return [...values].sort().join() === [...(zod.options as string[])].sort().join() ? [] : [path];
  }
  if (zod instanceof z.ZodBoolean) return spec.type === "boolean" ? [] : [path];
  if (zod instanceof z.ZodNumber) return spec.type === "integer" ? [] : [path];
  if (zod instanceof z.ZodString) return spec.type === "string" || target?.enum !== undefined ? [] : [path];
  return [];
}
