// The part of the language host that runs a plugin whose PulumiPlugin.yaml names Node as its runtime.
"use strict";
const { spawn } = require("node:child_process");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const messages = require("@pulumi/pulumi/proto/language_pb");

/** The plugin's output, as it comes, and its exit code. */
function runPlugin(call) {
  const { request } = call;
  const folder = request.getInfo().getProgramDirectory();
  const runner = createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run-plugin");
  const environment = Object.fromEntries(request.getEnvList().map((each) => each.split(/=(.*)/s).slice(0, 2)));
  const plugin = spawn(process.execPath, [runner, folder, ...request.getArgsList()], {
    cwd: request.getPwd(),
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  plugin.stdout.on("data", (bytes) => call.write(new messages.RunPluginResponse().setStdout(bytes)));
  plugin.stderr.on("data", (bytes) => call.write(new messages.RunPluginResponse().setStderr(bytes)));
  call.on("cancelled", () => plugin.kill("SIGKILL"));
  plugin.on("error", (error) => call.emit("error", error));
  plugin.on("close", (code) => {
    call.write(new messages.RunPluginResponse().setExitcode(code ?? 1));
    call.end();
  });
}

module.exports = { runPlugin };
