// URLs with a name and a password in them, which are secret whatever they are given as.
import * as pulumi from "@pulumi/pulumi";

/** `https://user:password@host/…` */
const withCredentials = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i;

/** The same value, with each URL that has credentials marked as a secret; in an output, that marks all of it. */
export function withSecretUrls<T>(value: T): T {
  return marked(value) as T;
}

function marked(value: unknown): unknown {
  if (typeof value === "string") return withCredentials.test(value) ? pulumi.secret(value) : value;
  if (typeof value !== "object" || value === null || pulumi.Resource.isInstance(value)) return value;
  if (pulumi.Output.isInstance(value) || value instanceof Promise) {
    return pulumi.output(value).apply((known: unknown) => pulumi.output(marked(known)));
  }
  if (Array.isArray(value)) return value.map(marked);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, marked(each)]));
}
