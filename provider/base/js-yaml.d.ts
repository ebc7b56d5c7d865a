// Declares what is used of js-yaml here; the package with its types is not a dependency of users.
declare module "js-yaml" {
  /**
   * Loads plain data only; tags that create other objects are rejected. With `json`, the last of several equal keys
   * counts.
   */
  export function safeLoad(text: string, options?: { json?: boolean; schema?: object }): unknown;

  /** Block style. A negative `lineWidth` breaks no lines. */
  export function safeDump(data: object, options?: { lineWidth?: number; noRefs?: boolean }): string;

  /** Maps, lists and texts only. */
  export const FAILSAFE_SCHEMA: object;
}
