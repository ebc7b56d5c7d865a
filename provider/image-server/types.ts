// Types of an image server, whatever its protocol: its location and its images.
import { type ImagePart } from "../lxd/api/image-export";
import { type Alias } from "../lxd/api/images";
import { type Client } from "../lxd/client/core/client";
import { type Product } from "../lxd/client/discovery/server-info";
import { type RemoteInputs } from "../lxd/client/discovery/location";

/** The location of an image server. */
export interface ImageServerPlace {
  server: string;
  protocol: "simplestreams" | "incus" | "lxd";
  /** The server's or its authority's certificate, as PEM text. */
  certificate?: string | undefined;
  /** The project on an `incus` or `lxd` server. */
  project?: string | undefined;
}

/** An image as listed by a server or daemon. */
export interface ServedImage {
  fingerprint: string;
  type: string;
  architecture: string;
  aliases: Alias[];
  properties: Record<string, string>;
  public: boolean;
  sizeBytes: number;
  /** RFC 3339 times; empty if there is none. */
  createdAt: string;
  uploadedAt: string;
  expiresAt: string;
  lastUsedAt: string;
  /** Whether the daemon pulled it for an instance, and deletes it when it is not used for some days. */
  cached: boolean;
  autoUpdate: boolean;
  profiles: string[];
  /** Where the daemon pulled it from, by an alias. */
  source?: { server: string; protocol: string; alias: string } | undefined;
  /** On a simplestreams server, the products whose daemons can pull the image; all can relay it. */
  pulledBy?: readonly Product[] | undefined;
}

export interface ImageServer {
  /** All images visible to this client. */
  list(): Promise<ServedImage[]>;
  /** The files of an image, to be read in order. */
  parts(image: ServedImage): AsyncGenerator<ImagePart, void>;
}

/** Creates a client for a server with the daemons' protocol, using this stack's certificate. */
export type Connect = (remote: RemoteInputs) => Client;
