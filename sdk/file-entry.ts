// Files as they are sent to the provider: what their content is made of.

/** One file. */
export type FileContent = { text: string } | { base64: string } | { file: string };

/** One file, or a folder with all that is in it. */
export type FileEntry = FileContent | { folder: string };
