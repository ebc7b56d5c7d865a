// Types of the compiler for the fault tests.

/** The JavaScript of a TypeScript file, with CommonJS modules. */
export declare function compiled(file: string, moduleKind?: "Node16" | "CommonJS"): string;
