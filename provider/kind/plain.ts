// Values as they travel to Pulumi and back: a field that is undefined is one that is absent.

export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
