// Plain devices in the server's own format, keyed by name.
import * as z from "zod";
import { scalar } from "../../../kind/schema";
import { isUnknown } from "../../../kind/unknowns";
import { type StringMap } from "../../../lxd/api/instance/instances";
import { toStrings } from "../../shared/common";
import { withoutEmpty } from "../../shared/normalize";

export const plainDevices = z.record(z.string(), z.record(z.string(), scalar));

/** Converts every value to the string that servers store; they store no empty one. */
export function withStringValues(devices: Record<string, StringMap> | undefined): Record<string, StringMap> {
  return Object.fromEntries(
    Object.entries(devices ?? {}).map(([key, device]) => [
      key,
      isUnknown(device) ? device : withoutEmpty(toStrings(device)),
    ]),
  );
}
