// `pulumi-lxd publish-streams`: a folder that any web server can serve as an image server, from images of a daemon.
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { listImages, type WireImage } from "../provider/lxd/api/images";
import { type Client } from "../provider/lxd/client/core/client";
import { LxdError } from "../provider/base/errors";
import { pick } from "./images/reference";
import { type Command } from "./command";
import { progressLine } from "./progress-line";
import { readCatalogue, writeCatalogue } from "./streams/catalogue";
import { describeImage } from "./streams/describe";
import { fetchInto } from "./streams/fetch";
import { merge } from "./streams/merge";
import { describeVersion, findServed, type Served } from "./streams/version";
import { daemonOf, type DaemonValues, imageHelp, imageOptions, projectIn } from "./which-daemon";

const help = `Usage: pulumi-lxd publish-streams DIR [--image REF…] [options]

Writes images of a daemon to a folder that any web server can serve over HTTPS as an image server: remotes of Incus and
LXD with the protocol simplestreams, and \`Image({ server, protocol: "simplestreams", alias })\`. Run again, it adds what
is new as newer versions, to which the aliases then lead, and keeps the older ones. Clients ask again after an hour.

Options:
  --image REF        only this image, by an alias or a fingerprint, public or not; may be given several times
                     (default: all public images)
${imageHelp}`;

const options = {
  image: { type: "string", multiple: true },
  ...imageOptions,
} as const;

interface Values extends DaemonValues {
  image?: string[];
  project?: string;
}

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args, options, strict: true, allowPositionals: true });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const [given, ...more] = positionals;
  if (given === undefined || more.length > 0) {
    console.error(`Specify which folder to write to: DIR. Images are named with --image.\n\n${help}`);
    return 2;
  }
  const client = daemonOf(values);
  const project = projectIn(values);
  const images = await chosen(client, { ...values, project });
  // What cannot be published is said before anything is fetched.
  images.forEach(describeImage);
  const folder = resolve(given);
  readCatalogue(folder);
  await mkdir(folder, { recursive: true });
  for (const image of images) console.log(await publish({ client, project, image, folder }));
  return 0;
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

async function publish({ client, project, image, folder }: Publishing): Promise<string> {
  const described = describeImage(image);
  const name = (image.aliases ?? []).map((alias) => alias.name).join(", ") || image.fingerprint;
  const version =
    findServed(folder, readCatalogue(folder), image.fingerprint) ??
    describeVersion(await fetched({ client, project, image, folder }, name));
  // Read again: a large image takes its time, and another run may have published meanwhile.
  const { catalogue, serial, isNew } = merge(readCatalogue(folder), described, version, new Date());
  writeCatalogue(folder, catalogue, new Date());
  return `${name}: ${isNew ? "published as" : "is"} version ${serial} (${image.type}, ${described.product.arch})`;
}

async function fetched(publishing: Publishing, name: string): Promise<Served> {
  const line = progressLine(`fetching ${name}`);
  return fetchInto({ ...publishing, report: line.report }).finally(line.clear);
}

export const publishStreamsCommand: Command = { summary: "write an image server's folder from a daemon's images", run };
