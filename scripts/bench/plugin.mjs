// The time from the start of the plugin's process to its first answer, without any package around it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { join } from "node:path";
import { buildPlugin } from "../build/plugin.mjs";
import { median } from "./measure.mjs";

const load = createRequire(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));
const grpc = load("@grpc/grpc-js");
const { Empty } = load("google-protobuf/google/protobuf/empty_pb.js");
const { ResourceProviderClient } = load("./proto/provider_grpc_pb");

const starts = 15;
const targetMs = 250;

export async function benchPlugin({ dir }) {
  const folder = join(dir, "plugin");
  await buildPlugin(folder);
  // The plugin ends when its engine is gone.
  const engine = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(engine, "listening");
  const times = [];
  for (let i = 0; i < starts; i++)
    times.push(await firstAnswer(join(folder, "pulumi-resource-lxd"), engine.address().port));
  engine.close();
  const ms = median(times);
  const figure = `${ms.toFixed(0)} ms (${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)})`;
  return [
    { what: "plugin, first answer of its process", figure, target: `at most ${targetMs} ms`, met: ms <= targetMs },
  ];
}

async function firstAnswer(program, enginePort) {
  const started = performance.now();
  const child = spawn(program, [`127.0.0.1:${enginePort}`], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = await once(child.stdout, "data");
  const client = new ResourceProviderClient(`127.0.0.1:${String(port).trim()}`, grpc.credentials.createInsecure());
  await new Promise((resolve, reject) =>
    client.getPluginInfo(new Empty(), (error, answer) => (error ? reject(error) : resolve(answer))),
  );
  const ms = performance.now() - started;
  client.close();
  child.kill("SIGKILL");
  await once(child, "close");
  return ms;
}
