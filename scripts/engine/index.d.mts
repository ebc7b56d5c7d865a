// Types of the engine bootstrap, for the TypeScript that calls it.

export interface Engine {
  /** Absolute path of the `pulumi` executable. */
  readonly pulumi: string;
  /** What to add to the environment when running it. */
  readonly env: Readonly<Record<string, string>>;
  readonly how: "path" | "downloaded" | "built";
}

export declare function ensureEngine(options?: {
  log?: (line: string) => void;
  /** Folder in which engines are kept; `.engine/` of the repository unless told. */
  store?: string;
}): Promise<Engine>;
