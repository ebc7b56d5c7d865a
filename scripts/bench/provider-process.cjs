// The provider in its own process, with the modules that Pulumi's dynamic-provider server also loads.
require("@pulumi/pulumi");
const { readFileSync, writeFileSync } = require("node:fs");
const { setFlagsFromString } = require("node:v8");
const { runInNewContext } = require("node:vm");
const provider = require("pulumi-lxd/provider");

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc");
const providers = new Map();

async function serve({ kindName, method, args, config }) {
  if (method === "memory") return memory();
  if (method === "io") return readFileSync("/proc/self/io", "utf8");
  if (!providers.has(kindName)) {
    const made = provider[kindName]();
    await made.configure({ config: { get: (key) => config[key] } });
    providers.set(kindName, made);
  }
  return providers.get(kindName)[method](...args);
}

/**
 * The peak of the resident memory since the last call, and the resident memory without garbage, such as what loading the
 * code has left; resets the peak.
 */
function memory() {
  const bytes = (name) =>
    1024 * Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"))[1]);
  const peakBytes = bytes("VmHWM");
  collectGarbage();
  writeFileSync("/proc/self/clear_refs", "5");
  return { residentBytes: bytes("VmRSS"), peakBytes };
}

process.on("message", ({ id, ...call }) => {
  serve(call).then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, error: error.message }),
  );
});
