// Marks URLs that contain a user name and password as secret.
import * as pulumi from "@pulumi/pulumi";

/** Matches `https://user:password@host/…`. */
const withCredentials = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i;

/**
 * Returns the same value with each URL that contains credentials marked as secret. If it is inside an output, the whole
 * output becomes secret.
 */
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
