// The daemons' rules and error texts for names.
import { badRequest } from "./errors";

/** Validates the name of a pool, volume, profile or project; `title` starts the error text: "Storage pool". */
export function requireName(name: string, title: string): string {
  if (name === "") throw badRequest("No name provided");
  if (name.includes("/")) throw badRequest(`${title} names may not contain slashes`);
  return name;
}

/** An instance's name is a host name: 1-63 letters, digits and hyphens, and not a number. */
export function checkInstanceName(name: string): void {
  const refuse = (reason: string) => badRequest(`Invalid instance name: Name ${reason}`);
  if (name.length < 1 || name.length > 63) throw refuse("must be 1-63 characters long");
  if (/^\d+$/.test(name)) throw refuse("cannot be a number");
  if (name.startsWith("-")) throw refuse('must not start with "-" character');
  if (name.endsWith("-")) throw refuse('must not end with "-" character');
  if (!/^[A-Za-z0-9-]+$/.test(name)) throw refuse("can only contain alphanumeric and hyphen characters");
}
