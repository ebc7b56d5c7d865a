// Argument types for files on web servers, which a checksum pins.
import type * as pulumi from "@pulumi/pulumi";
import { type OptionalInput } from "./inputs";

/** Arguments that pin the content of a download. */
export interface PinnedArgs {
  /**
   * The expected checksum: `sha256:…`, `sha512:…`, or the HTTPS URL or path of a `SHA256SUMS`-style list. A local list
   * is read in every preview: a new checksum in it means new content. A list on a web server is read only when the
   * resource is created and when the source or `trigger` changes; if its publisher changes the list in between, that
   * has no effect.
   */
  checksum: pulumi.Input<string>;
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
