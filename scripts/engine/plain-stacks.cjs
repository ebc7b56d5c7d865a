// Preloaded into programs: prints errors without colours, because colouring their stack never ends on some Node
// versions. nodejs/node#64011: `util.inspect(error, { colors: true })` loops forever over a frame like
// `node_modules/@pulumi/resource.ts:1579`, which source maps produce for the frames of @pulumi/pulumi.
"use strict";
const util = require("node:util");

const { inspect } = util;
util.inspect = Object.assign(
  (value, ...options) =>
    value instanceof Error && typeof options[0] === "object"
      ? inspect(value, { ...options[0], colors: false })
      : inspect(value, ...options),
  inspect,
);
