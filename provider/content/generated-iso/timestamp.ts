// The one moment that all dates in an image name: it must not tell when it was made, or its hash would change each time.

/** 2000-01-01T00:00:00Z: late enough for every file system and tool that might copy the files. */
const year = 2000;

/** As directory records and Rock Ridge write it (ECMA-119 9.1.5). */
export const recordTimestamp = Buffer.from([year - 1900, 1, 1, 0, 0, 0, 0]);

/** As volume descriptors write it: sixteen digits and the time zone (ECMA-119 8.4.26.1). */
export const volumeTimestamp = Buffer.from(`${year}0101${"0".repeat(8)}\0`, "latin1");

/** The same form for "not specified". */
export const noTimestamp = Buffer.from("0".repeat(16) + "\0", "latin1");
