// Types of the ISO builder, for the tests that boot real virtual machines.

export interface IsoOptions {
  /** The file name in the folder; a different name for different content side by side. Default: `boot.iso`. */
  readonly name?: string;
  /** The volume label: up to 32 characters of A-Z, 0-9 and _. */
  readonly label?: string;
  /** Printed by the guest before it powers off; a different text results in different content. */
  readonly text?: string;
}

/** A sentence on what to install before ISOs can be created here; undefined if nothing is missing. */
export declare function missingIsoTools(): string | undefined;

/** Creates the ISO in `dir` and returns its path. Requires that `missingIsoTools()` returns undefined. */
export declare function makeBootableIso(dir: string, options?: IsoOptions): Promise<string>;
