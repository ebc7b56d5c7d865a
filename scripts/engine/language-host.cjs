// Implements Pulumi's LanguageRuntime for Node programs, the part of the CLI that its Go module lacks.
"use strict";
const { spawn } = require("node:child_process");
const { createRequire } = require("node:module");
const { join } = require("node:path");
const { LanguageRuntimeService } = require("@pulumi/pulumi/proto/language_grpc_pb");
const messages = require("@pulumi/pulumi/proto/language_pb");
const { PluginInfo } = require("@pulumi/pulumi/proto/plugin_pb");
const { endWithEngine } = require("./end-with-engine.cjs");
const { runPlugin } = require("./run-plugin.cjs");
const sdkRequire = createRequire(require.resolve("@pulumi/pulumi/package.json"));
const { Empty } = sdkRequire("google-protobuf/google/protobuf/empty_pb");
const grpc = sdkRequire("@grpc/grpc-js");

/** The exit code of a program that has already reported its error. */
const alreadyReported = 32;
const engineAddress = process.argv.at(-1);
/** @type {Set<import("node:child_process").ChildProcess>} */
const programs = new Set();

function answer(make) {
  return (_call, done) => done(null, make());
}

function run({ request }, done) {
  const response = new messages.RunResponse();
  let runner;
  try {
    runner = createRequire(join(request.getPwd(), "index.js")).resolve("@pulumi/pulumi/cmd/run");
  } catch {
    response.setError(`@pulumi/pulumi is not installed in ${request.getPwd()}: run npm install there`);
    return done(null, response);
  }
  const program = spawn(process.execPath, [...nodeArguments(request), runner, ...runArguments(request)], {
    cwd: request.getPwd(),
    env: { ...process.env, ...runEnvironment(request) },
    stdio: ["ignore", "inherit", "inherit"],
  });
  programs.add(program);
  program.on("error", (error) => done(error));
  program.on("close", (code, signal) => {
    programs.delete(program);
    if (code === alreadyReported) response.setBail(true);
    else if (code !== 0) response.setError(`the program ended with ${signal ?? `exit code ${code}`}`);
    done(null, response);
  });
}

/** The `options` of `runtime` in Pulumi.yaml. */
function runtimeOptions(request) {
  return request.getInfo()?.getOptions()?.toJavaScript() ?? {};
}

function nodeArguments(request) {
  const { nodeargs = "" } = runtimeOptions(request);
  const given = String(nodeargs).split(/\s+/).filter(Boolean);
  return ["--require", join(__dirname, "plain-stacks.cjs"), ...given];
}

function runArguments(request) {
  const options = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    pwd: request.getPwd(),
    "root-directory": request.getInfo()?.getRootDirectory(),
    parallel: request.getParallel(),
  };
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== "");
  const flags = given.flatMap(([name, value]) => [`--${name}`, String(value)]);
  if (request.getDryrun()) flags.push("--dry-run");
  return [...flags, request.getProgram() || ".", ...request.getArgsList()];
}

function runEnvironment(request) {
  const { typescript = true, tsconfig } = runtimeOptions(request);
  return {
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toObject())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    PULUMI_NODEJS_TYPESCRIPT: String(typescript),
    ...(tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: String(tsconfig) } : {}),
  };
}

function about() {
  const response = new messages.AboutResponse();
  response.setExecutable(process.execPath);
  response.setVersion(process.version);
  return response;
}

function stopPrograms() {
  for (const program of programs) program.kill("SIGKILL");
}

const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
server.addService(LanguageRuntimeService, {
  run,
  runPlugin,
  // Packages are installed before Pulumi runs.
  installDependencies: (call) => call.end(),
  about: answer(about),
  handshake: answer(() => new messages.LanguageHandshakeResponse()),
  getRequiredPlugins: answer(() => new messages.GetRequiredPluginsResponse()),
  getRequiredPackages: answer(() => new messages.GetRequiredPackagesResponse()),
  getProgramDependencies: answer(() => new messages.GetProgramDependenciesResponse()),
  getPluginInfo: answer(() => new PluginInfo()),
  cancel: (_call, done) => {
    stopPrograms();
    done(null, new Empty());
  },
});
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(String(port));
});

endWithEngine(stopPrograms);
