// Preloaded into each Node of a run: @pulumi/pulumi loads the TypeScript compiler and npm's dependency tree at its start,
// and uses them only to serialize functions, which no program here does. They are loaded when they are first used.
"use strict";
const Module = require("node:module");

const lazy = ["typescript", "@npmcli/arborist"];

const load = Module._load;
Module._load = function (request, ...others) {
  if (!lazy.includes(request)) return load.call(this, request, ...others);
  let real;
  const loaded = () => (real ??= load.call(this, request, ...others));
  // A module that says that it is one of ECMAScript is not copied by its importer, which would load it.
  return new Proxy({}, { get: (_, name) => (name === "__esModule" ? true : loaded()[name]) });
};
