// The constant timestamp of all dates in an image; the current time would change its hash on each run.

/** 2000-01-01T00:00:00Z: supported by every file system and tool that might copy the files. */
const year = 2000;

/** In the format of directory records and Rock Ridge (ECMA-119 9.1.5). */
export const recordTimestamp = Buffer.from([year - 1900, 1, 1, 0, 0, 0, 0]);

/** In the format of volume descriptors: 16 digits and the time zone (ECMA-119 8.4.26.1). */
export const volumeTimestamp = Buffer.from(`${year}0101${"0".repeat(8)}\0`, "latin1");

/** The same format for "not specified". */
export const noTimestamp = Buffer.from("0".repeat(16) + "\0", "latin1");
