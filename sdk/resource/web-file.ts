// Argument types for files on web servers, which a checksum pins.
import type * as pulumi from "@pulumi/pulumi";
import { type OptionalInput } from "./inputs";

/**
 * A checksum list with the signature of its publisher, which is verified in the preview and again before anything is
 * downloaded. A wrong, expired, foreign or missing signature is an error.
 */
export interface SignedChecksumArgs {
  /** URL or path of the list. With a signature, it may be an HTTP URL. */
  list: pulumi.Input<string>;
  /**
   * URL or path of the signature. Omit it for a list that contains an OpenPGP signature (`-----BEGIN PGP SIGNED
   * MESSAGE-----`).
   */
  signature?: OptionalInput<string>;
  /**
   * The publisher's public key, as text or as the path of a file on this machine: an OpenPGP key or keyring, a minisign
   * key (`RW…`), or a PEM public key, as of `cosign sign-blob`. Several OpenPGP keys may follow each other.
   */
  publicKey: pulumi.Input<string>;
}

/** Arguments that pin the content of a download. */
export interface PinnedArgs {
  /**
   * The expected checksum: `sha256:…`, `sha512:…`, or the HTTPS URL or path of a `SHA256SUMS`-style list, or a list with
   * its signature. A local list
   * is read in every preview: a new checksum in it means new content. A list on a web server is read only when the
   * resource is created and when the source or `trigger` changes; if its publisher changes the list in between, that
   * has no effect.
   */
  checksum: pulumi.Input<string | SignedChecksumArgs>;
  /**
   * Arbitrary text. Changing it reads the list on the web server again; the content changes only if its checksum in the
   * list has changed.
   */
  trigger?: OptionalInput<string>;
}

/**
 * A file on a web server, downloaded by this machine and streamed to the server without a local copy. Interrupted
 * transfers resume. Proxies are configured through the environment. The web server is contacted only when the source
 * changes.
 */
export interface WebFileArgs extends PinnedArgs {
  /** URL of the file: HTTPS or HTTP. */
  url: pulumi.Input<string>;
}
