// Values planted in a program or its surroundings, to be looked for in everything that comes out.

/** Values by what they are planted as; each is in one place only, so that a leak names its place. */
export class Planted<Name extends string> {
  readonly values: Readonly<Record<Name, string>>;

  constructor(names: readonly Name[], given: Partial<Record<string, string>> = {}) {
    const made = names.map((name) => [name, given[name] ?? `planted${name}${Math.random().toString(36).slice(2, 10)}`]);
    this.values = Object.fromEntries(made) as Record<Name, string>;
  }

  /** The text of a program's expression that is this value as a secret. */
  secret(name: Name, before = ""): string {
    return `pulumi.secret(${JSON.stringify(before + this.values[name])})`;
  }

  /** The names of the values that a text has, as they are or in the forms in which they are sent. */
  leaksIn(text: string): Name[] {
    const entries = Object.entries(this.values) as [Name, string][];
    return entries.filter(([, value]) => formsOf(value).some((form) => text.includes(form))).map(([name]) => name);
  }
}

function formsOf(value: string): string[] {
  return [value, Buffer.from(value).toString("base64").replace(/=+$/, ""), Buffer.from(value).toString("hex")];
}
