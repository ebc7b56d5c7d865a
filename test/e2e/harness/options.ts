// What tests may ask of a project, and what they find in its state.

export interface ProjectOptions {
  /** The text of `index.js`, that of `index.ts`, or a folder of `examples/` to copy. */
  readonly program: string | { readonly typescript: string } | { readonly example: string };
  /** A tarball to install. Default: the workspace's own build is linked; an example has it packed and installed. */
  readonly tarball?: string;
  /** With it, a release of @pulumi/pulumi other than the workspace's. */
  readonly pulumi?: string;
  readonly config?: Readonly<Record<string, string>>;
  /** The name of the stack. Default: `test`. */
  readonly stack?: string;
  /** Added to the environment of every run; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface OperationOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
}

export interface UpOptions extends OperationOptions {
  /** Previews first, as at a terminal. Off unless told: it doubles the time. */
  readonly preview?: boolean;
  readonly expectNoChanges?: boolean;
}

/** A checkpoint, as far as tests look into it. */
export interface Checkpoint {
  version: number;
  deployment: {
    resources?: StoredResource[];
    pending_operations?: { type: string; resource: StoredResource }[];
    [key: string]: unknown;
  };
}

export interface StoredResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  [key: string]: unknown;
}
