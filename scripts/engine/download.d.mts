// Types of the download, for its test.

export declare function downloadEngine(
  into: string,
  options: { version: string; log: (line: string) => void; sites?: string[] },
): Promise<void>;
