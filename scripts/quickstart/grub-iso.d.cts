// Types of the ISO maker, for the tests that boot real machines.

export interface IsoOptions {
  /** The file's name in the folder; another name for another content side by side. Default: `boot.iso`. */
  readonly name?: string;
  /** The volume label, up to 32 of A-Z, 0-9 and _. */
  readonly label?: string;
  /** Printed by the guest before it powers off; another text is another content. */
  readonly text?: string;
}

/** A sentence on what to install before ISOs can be made here; undefined when nothing is missing. */
export declare function missingIsoTools(): string | undefined;

/** Makes the ISO in `dir` and returns its path. Only where `missingIsoTools()` names none. */
export declare function makeBootableIso(dir: string, options?: IsoOptions): Promise<string>;
