// The one function of js-yaml that is used here; the package of its types is not among what users install.
declare module "js-yaml" {
  /** Plain data only: tags that make other objects are refused. */
  export function safeLoad(text: string): unknown;
}
