// Types of the bootstrap of the language host for YAML, for TypeScript callers.

export interface YamlHost {
  readonly version: string;
  /** Absolute path of the executable. */
  readonly path: string;
}

export declare function ensureYamlHost(options?: { log?: (line: string) => void }): Promise<YamlHost>;
