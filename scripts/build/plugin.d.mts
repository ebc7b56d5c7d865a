// Types of the build of the plugin, for TypeScript callers.

/** Returns the paths of the archives. */
export declare function buildArchives(into: string): Promise<string[]>;
