// Images of the server and their aliases.
import * as z from "zod";
import { type Client } from "../client/core/client";
import { type Found } from "../client/core/requests";
import { path } from "../client/transport/paths";
import { headerPrefix } from "../client/discovery/server-info";
import { type UploadStream } from "../client/transport/watched-upload";

export interface ImageAddress {
  project: string;
  /** All 64 digits: LXD and Incus handle shorter ones differently. */
  fingerprint: string;
}

export interface Alias {
  name: string;
  description: string;
}

const imageSchema = z.object({
  fingerprint: z.string(),
  filename: z.string().default(""),
  type: z.string().default("container"),
  architecture: z.string(),
  size: z.number(),
  public: z.boolean(),
  auto_update: z.boolean().default(false),
  cached: z.boolean().default(false),
  created_at: z.string().default(""),
  expires_at: z.string().default(""),
  uploaded_at: z.string().default(""),
  last_used_at: z.string().default(""),
  profiles: z.array(z.string()).nullish(),
  properties: z.record(z.string(), z.string()).nullish(),
  aliases: z.array(z.object({ name: z.string(), description: z.string().default("") })).nullish(),
  /** Only for an image that was pulled by an alias. */
  update_source: z.object({ server: z.string(), protocol: z.string(), alias: z.string() }).nullish(),
});
export type WireImage = z.output<typeof imageSchema>;

const fingerprintSchema = z.object({ fingerprint: z.string() });

const aliasSchema = z.object({ name: z.string(), target: z.string(), description: z.string().default("") });
export type WireAlias = z.output<typeof aliasSchema>;

export function findImage(client: Client, at: ImageAddress): Promise<Found<WireImage> | undefined> {
  return client.find(imagePath(at), imageSchema, { project: at.project });
}

export async function listImages(client: Client, project: string): Promise<WireImage[]> {
  return (await client.get(path("images"), z.array(imageSchema), { recursion: "1", project })).value;
}

export interface ImageUpload {
  stream: UploadStream;
  sizeBytes: number | undefined;
  /** `application/octet-stream` for a unified image, otherwise the type of the form. */
  contentType: string;
  /** The server rejects bytes with another fingerprint. */
  fingerprint: string | undefined;
  /** The server stores this for a unified image; for an image in two files, the form contains the name. */
  fileName: string;
  public: boolean;
  deadlineMs: number;
}

/**
 * Never sends properties in a header: for an image whose metadata has none, Incus 6.0 and LXD 5.0 write them to a nil
 * map, which crashes the whole daemon.
 */
export async function uploadImage(client: Client, project: string, upload: ImageUpload): Promise<void> {
  const prefix = headerPrefix(await client.info());
  const headers: Record<string, string> = {
    "Content-Type": upload.contentType,
    [`${prefix}-filename`]: encodeURIComponent(upload.fileName),
    [`${prefix}-public`]: String(upload.public),
  };
  if (upload.fingerprint !== undefined) headers[`${prefix}-fingerprint`] = upload.fingerprint;
  await client.change({
    method: "POST",
    path: path("images"),
    query: { project },
    upload: { stream: upload.stream, sizeBytes: upload.sizeBytes, headers },
    deadlineMs: upload.deadlineMs,
  });
}

/** An image that the server pulls or creates itself. A pull without a server crashes Incus 6.0, hence these types. */
export interface NewImage {
  source:
    | { type: "image"; mode: "pull"; server: string; protocol: string; [field: string]: string | undefined }
    | { type: "url"; url: string }
    | { type: "instance" | "snapshot"; name: string };
  public: boolean;
  properties: Record<string, string>;
  auto_update?: boolean;
  /** For an image that the server creates; for a pull, it sets the name itself. */
  filename?: string | undefined;
  expires_at?: string | undefined;
  compression_algorithm?: string | undefined;
  /** Only for servers with the API extension `instance_publish_split`. */
  format?: "split" | undefined;
}

export interface CreateOptions {
  deadlineMs: number;
  onProgress: (text: string) => void;
}

/** Returns the fingerprint, which only the server knows. */
export async function createImage(
  client: Client,
  project: string,
  json: NewImage,
  options: CreateOptions,
): Promise<string> {
  const operation = await client.change({ method: "POST", path: path("images"), query: { project }, json, ...options });
  return fingerprintSchema.parse(operation?.metadata).fingerprint;
}

const secretSchema = z.object({ secret: z.string() });

/** Returns a secret that allows reading a private image once. Only trusted clients get one. */
export async function imageSecret(client: Client, { project, fingerprint }: ImageAddress): Promise<string> {
  // The operation represents the secret and runs as long as that is valid.
  const secretPath = path("images", fingerprint, "secret");
  const { metadata } = await client.begin({ method: "POST", path: secretPath, query: { project } });
  return secretSchema.parse(metadata).secret;
}

/** The fields that can change. All of them are sent, because a PUT clears omitted fields. */
export type ImageSettings = Pick<WireImage, "public" | "auto_update" | "properties" | "profiles" | "expires_at">;

export async function updateImage(
  client: Client,
  at: ImageAddress,
  settings: ImageSettings,
  etag: string | undefined,
): Promise<void> {
  const { public: isPublic, auto_update, properties, profiles, expires_at } = settings;
  const json = { public: isPublic, auto_update, properties, profiles, expires_at };
  await client.change({ method: "PUT", path: imagePath(at), query: { project: at.project }, json, ifMatch: etag });
}

export async function deleteImage(client: Client, at: ImageAddress): Promise<void> {
  await client.change({ method: "DELETE", path: imagePath(at), query: { project: at.project } });
}

export async function findAlias(client: Client, project: string, name: string): Promise<WireAlias | undefined> {
  return (await findAliasRecord(client, project, name))?.value;
}

export function findAliasRecord(client: Client, project: string, name: string): Promise<Found<WireAlias> | undefined> {
  return client.find(path("images", "aliases", name), aliasSchema, { project });
}

export async function createAlias(client: Client, at: ImageAddress, alias: Alias): Promise<void> {
  const json = { ...alias, target: at.fingerprint };
  await client.change({ method: "POST", path: path("images", "aliases"), query: { project: at.project }, json });
}

/** Points an alias to this image atomically: the alias always exists. */
export async function pointAlias(
  client: Client,
  at: ImageAddress,
  { alias, etag }: { alias: Alias; etag: string | undefined },
): Promise<void> {
  const json = { target: at.fingerprint, description: alias.description };
  const aliasPath = path("images", "aliases", alias.name);
  await client.change({ method: "PUT", path: aliasPath, query: { project: at.project }, json, ifMatch: etag });
}

export async function deleteAlias(client: Client, project: string, name: string): Promise<void> {
  await client.change({ method: "DELETE", path: path("images", "aliases", name), query: { project } });
}

function imagePath({ fingerprint }: ImageAddress): string {
  return path("images", fingerprint);
}
