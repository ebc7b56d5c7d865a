// Types of the engine bootstrap, for TypeScript callers.

export interface Engine {
  /** Absolute path of the `pulumi` executable. */
  readonly pulumi: string;
  /** Environment variables to add when running it. */
  readonly env: Readonly<Record<string, string>>;
  readonly how: "path" | "downloaded" | "built";
}

export declare function ensureEngine(options?: {
  log?: (line: string) => void;
  /** Folder in which engines are stored; defaults to `.engine/` in the repository. */
  store?: string;
}): Promise<Engine>;
