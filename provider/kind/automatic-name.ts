// Names that are derived from a resource's logical name, which stay when that changes.
import { type Props } from "./props";

/** The field of stored inputs and states that holds an automatic name other than the resource's present logical name. */
export const automaticNameKey = "__automaticName";

/** The resource's logical name: the last part of its URN. */
export function logicalName(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/**
 * The name of a resource whose program specifies none: its logical name when it was created. A resource that gets
 * another logical name by the resource option `aliases` keeps its name.
 */
export function automaticName(urn: string, olds: Props | undefined): string {
  const { name, __urn: before, [automaticNameKey]: kept } = olds ?? {};
  const wasAutomatic = name === kept || (typeof before === "string" && name === logicalName(before));
  return typeof name === "string" && wasAutomatic ? name : logicalName(urn);
}
