// Types of the SDK generator, for TypeScript callers.

export declare function generateSdks(schema: string, into: string): Promise<void>;
export declare function goEnvironment(): Record<string, string | undefined>;
/** The text of `go.mod` and of `go.sum`. */
export declare function moduleFiles(name: string): Record<string, string>;
