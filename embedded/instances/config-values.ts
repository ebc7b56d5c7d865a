// Validates values of config keys with the daemons' error texts.
import { failed } from "../errors";
import { parseSize } from "../units";

/** Throws if the value is not valid. */
export type CheckValue = (value: string) => void;

const BOOLEANS = ["true", "false", "1", "0", "yes", "no", "on", "off"];

export const isBoolean = (value: string): boolean => BOOLEANS.includes(value.toLowerCase());

export const isTrue = (value: string | undefined): boolean =>
  ["true", "1", "yes", "on"].includes((value ?? "").toLowerCase());

export const anything: CheckValue = () => undefined;

export const boolean: CheckValue = (value) => {
  if (!isBoolean(value)) throw failed(`Invalid value for a boolean "${value}"`);
};

export const integer: CheckValue = (value) => {
  if (!/^-?\d+$/.test(value)) throw failed(`Invalid value for an integer "${value}"`);
};

export const unsigned: CheckValue = (value) => {
  if (/^\d+$/.test(value) && Number(value) < 2 ** 32) return;
  throw failed(`Invalid value for uint32 "${value}": strconv.ParseUint: parsing "${value}": invalid syntax`);
};

export const size: CheckValue = (value) => void parseSize(value);

export const sizeOrPercent: CheckValue = (value) => {
  if (!/^\d+%$/.test(value)) parseSize(value);
};

/** A count, or a set of CPUs: "2", "0-3", "0,2". */
export const cpus: CheckValue = (value) => {
  if (!/^\d+$|^\d+(-\d+)?(,\d+(-\d+)?)+$|^\d+-\d+$/.test(value)) throw failed("Invalid CPU limit syntax");
};

export const uuid: CheckValue = (value) => {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) throw failed("Invalid UUID");
};

export const oneOf =
  (...values: string[]): CheckValue =>
  (value) => {
    if (!values.includes(value)) throw failed(`Invalid value "${value}" (not one of [${values.join(" ")}])`);
  };
