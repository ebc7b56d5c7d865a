// The provider in its own process, with the modules that Pulumi's dynamic-provider server also loads.
require("@pulumi/pulumi");
const { readFileSync, writeFileSync } = require("node:fs");
const provider = require("pulumi-lxd/provider");

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

/** The current resident memory and its peak since the last call; resets the peak. */
function memory() {
  const status = readFileSync("/proc/self/status", "utf8");
  const bytes = (name) => 1024 * Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]);
  writeFileSync("/proc/self/clear_refs", "5");
  return { residentBytes: bytes("VmRSS"), peakBytes: bytes("VmHWM") };
}

process.on("message", ({ id, ...call }) => {
  serve(call).then(
    (result) => process.send({ id, result }),
    (error) => process.send({ id, error: error.message }),
  );
});
