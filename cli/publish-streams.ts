// `pulumi-lxd publish-streams`: writes images of a server to a directory that any web server can serve as an image
// server.
import { resolve } from "node:path";
import { makeFolder } from "../embedded/folder";
import { listImages, type WireImage } from "../provider/lxd/api/images";
import { type Client } from "../provider/lxd/client/core/client";
import { LxdError } from "../provider/base/errors";
import { pick } from "./images/reference";
import { type Input, type Outcome } from "./command";
import { define } from "./define";
import { type Output } from "./output";
import { progressLine } from "./progress-line";
import { readCatalogue, writeCatalogue } from "./streams/catalogue";
import { describeImage } from "./streams/describe";
import { fetchInto } from "./streams/fetch";
import { merge } from "./streams/merge";
import { describeVersion, findServed, fingerprintsIn, type Served } from "./streams/version";
import { daemonOf, projectIn, projectOptions } from "./which-daemon";

const about = `Writes images of a daemon to a folder that any web server can serve over HTTPS as an image server: for remotes of Incus and LXD with the protocol simplestreams, and for \`Image({ server, protocol: "simplestreams", alias })\`. Run again, it adds changed images as newer versions, moves their aliases, and keeps the older versions. Clients ask again after an hour.`;

const options = {
  image: {
    type: "string",
    placeholder: "REF",
    multiple: true,
    help: "only this image, by an alias or a fingerprint, public or not (default: all public images)",
  },
  ...projectOptions,
} as const;

type Values = Input<typeof options>["values"];

async function run({ values, positionals: [given = ""] }: Input<typeof options>, output: Output): Promise<Outcome> {
  const client = daemonOf(values);
  const project = projectIn(values);
  const images = await chosen(client, { ...values, project });
  // Reports images that cannot be published before anything is downloaded.
  images.forEach(describeImage);
  const folder = resolve(given);
  readCatalogue(folder);
  makeFolder(folder);
  const published = [];
  for (const image of images) {
    const result = await publish({ client, project, image, folder });
    const { aliases, fingerprint, isNew, version, type, architecture } = result;
    const name = aliases.join(", ") || fingerprint;
    output.print(`${name}: ${isNew ? "published as" : "is"} version ${version} (${type}, ${architecture})`);
    published.push(result);
  }
  return { json: { folder, images: published } };
}

async function chosen(
  client: Client,
  { image: references, project }: Values & { project: string },
): Promise<WireImage[]> {
  const images = await listImages(client, project);
  const desired =
    references === undefined
      ? images.filter((image) => image.public)
      : references.map((reference) => pick(images, project, reference));
  if (desired.length > 0) return [...new Set(desired)];
  throw new LxdError({
    code: "not-found",
    why: `no image of project ${project} is public`,
    advice: "Name images with --image REF: anyone who can reach the web server can download them.",
  });
}

interface Publishing {
  client: Client;
  project: string;
  image: WireImage;
  folder: string;
}

/** A published image. */
interface Published {
  aliases: string[];
  fingerprint: string;
  type: string;
  architecture: string;
  version: string;
  /** Whether this run added it. */
  isNew: boolean;
}

async function publish({ client, project, image, folder }: Publishing): Promise<Published> {
  const described = describeImage(image);
  const aliases = (image.aliases ?? []).map((alias) => alias.name);
  const name = aliases.join(", ") || image.fingerprint;
  const version =
    findServed(folder, readCatalogue(folder), image.fingerprint) ??
    describeVersion(await fetched({ client, project, image, folder }, name));
  // Reads the catalogue again: a large image takes long, and another run may have published meanwhile.
  const { catalogue, serial, isNew } = merge(readCatalogue(folder), described, version, new Date());
  writeCatalogue(folder, catalogue, new Date());
  const [fingerprint = image.fingerprint] = fingerprintsIn(version);
  return { aliases, fingerprint, type: image.type, architecture: described.product.arch, version: serial, isNew };
}

async function fetched(publishing: Publishing, name: string): Promise<Served> {
  const line = progressLine(`fetching ${name}`);
  return fetchInto({ ...publishing, report: line.report }).finally(line.clear);
}

export const publishStreamsCommand = define({
  name: "publish-streams",
  summary: "write an image server's folder from a daemon's images",
  about,
  arguments: [{ name: "DIR", completes: "folder" }],
  options,
  json: "{ folder, images }",
  run,
});
