// Schemas of the two simplestreams documents: the index, and the lists of products with their versions.
import * as z from "zod";

export const indexSchema = z.object({
  index: z.record(z.string(), z.object({ datatype: z.string().default(""), path: z.string() })),
});

const itemSchema = z.looseObject({
  ftype: z.string().default(""),
  path: z.string().default(""),
  sha256: z.string().default(""),
  size: z.number().default(0),
});
export type StreamItem = z.output<typeof itemSchema>;

const requirements = z.record(z.string(), z.string()).optional();

const productSchema = z.object({
  aliases: z.string().default(""),
  arch: z.string().default(""),
  os: z.string().default(""),
  release: z.string().default(""),
  release_title: z.string().default(""),
  variant: z.string().default(""),
  version: z.string().default(""),
  requirements,
  lxd_requirements: requirements,
  support_eol: z.string().default(""),
  versions: z.record(
    z.string(),
    z.object({ label: z.string().default(""), items: z.record(z.string(), itemSchema).default({}) }),
  ),
});
export type StreamProduct = z.output<typeof productSchema>;

export const productsSchema = z.object({ products: z.record(z.string(), productSchema) });
