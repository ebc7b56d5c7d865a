// The simplestreams catalogue in a directory, which is read and replaced as a whole.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { writeAtomically } from "../../provider/base/atomic-file";
import { LxdError } from "../../provider/base/errors";

const itemSchema = z.looseObject({ ftype: z.string(), path: z.string(), sha256: z.string().optional() });
const versionSchema = z.looseObject({ items: z.record(z.string(), itemSchema) });
const productSchema = z.looseObject({
  aliases: z.string().default(""),
  arch: z.string(),
  versions: z.record(z.string(), versionSchema),
});
const catalogueSchema = z.looseObject({ products: z.record(z.string(), productSchema) });
const indexSchema = z.looseObject({ index: z.record(z.string(), z.unknown()) });

/** A file of a version, with the fingerprints of the images that it forms together with other files. */
export type Item = z.output<typeof itemSchema>;
export type Version = z.output<typeof versionSchema>;
export type Product = z.output<typeof productSchema>;
export type Catalogue = z.output<typeof catalogueSchema>;

/** Clients expect the index at this path, and find everything else through it. */
const indexPath = "streams/v1/index.json";
const cataloguePath = "streams/v1/images.json";

export function readCatalogue(folder: string): Catalogue {
  return readJson(join(folder, cataloguePath), catalogueSchema) ?? { products: {} };
}

/** Keeps other catalogues that the index contains. Concurrent readers see either the old or the new state. */
export function writeCatalogue(folder: string, catalogue: Catalogue, now: Date): void {
  const index = readJson(join(folder, indexPath), indexSchema) ?? { index: {} };
  const common = { datatype: "image-downloads", format: "products:1.0", updated: now.toUTCString() };
  const products = Object.keys(catalogue.products).sort();
  replace(join(folder, cataloguePath), { ...catalogue, ...common, content_id: "images" });
  const images = { ...common, path: cataloguePath, products };
  replace(join(folder, indexPath), { ...index, format: "index:1.0", index: { ...index.index, images } });
}

function readJson<S extends z.ZodType>(path: string, schema: S): z.output<S> | undefined {
  let text;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw Object.assign(error as Error, { path });
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const advice = "Choose another folder, or move that file: nothing has been written.";
    throw new LxdError({ code: "invalid-argument", why: `${path} is not a simplestreams file`, advice, cause: error });
  }
}

function replace(path: string, content: object): void {
  writeAtomically(path, `${JSON.stringify(content, null, 2)}\n`);
}
