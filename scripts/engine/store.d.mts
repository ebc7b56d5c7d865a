// Types of the engine store, for its test.

export declare function makeOnce(
  dir: string,
  make: (temporary: string) => Promise<void>,
  log: (line: string) => void,
): Promise<void>;
