// What an image server is to all others, whichever protocol it speaks: where it is, and what it has.
import { type ImagePart } from "../lxd/api/image-export";
import { type Alias } from "../lxd/api/images";
import { type Client } from "../lxd/client/core/client";
import { type RemoteInputs } from "../lxd/client/discovery/location";

/** Where images are served. */
export interface ImageServerPlace {
  server: string;
  protocol: "simplestreams" | "incus" | "lxd";
  /** The server's certificate or its authority's, as PEM text. */
  certificate?: string | undefined;
  /** The project on an `incus` or `lxd` server. */
  project?: string | undefined;
}

/** An image as a server offers it, or a daemon has it. */
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
}

export interface ImageServer {
  /** All that this client may see. */
  list(): Promise<ServedImage[]>;
  /** The files of an image, to be read one after the other. */
  parts(image: ServedImage): AsyncGenerator<ImagePart, void>;
}

/** A client for a server of the daemons' protocol, with this stack's certificate. */
export type Connect = (remote: RemoteInputs) => Client;
