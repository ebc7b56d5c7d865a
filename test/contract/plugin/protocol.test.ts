// The plugin as Pulumi's engine sees it, message by message: configuration, details, secrets, partial failures, timeouts,
// cancellation, progress and functions.
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as EngineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb";
import type * as Engine from "@pulumi/pulumi/proto/engine_pb";
import type * as Grpc from "@grpc/grpc-js";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { PluginProvider } from "../../../provider/plugin/provider";
import { Empty, grpc, messages, ResourceProviderClient } from "../../../provider/plugin/pulumi";
import { type Path } from "../../../provider/plugin/secrets";
import { serve } from "../../../provider/plugin/server";
import { received, sent } from "../../../provider/plugin/wire";
import { resetRunRegistry } from "../../../provider/engine/run-registry";
import { SlowSocket } from "../../e2e/harness/slow-socket";
import { describeEachDaemon, objectAt, tinyIso, uploadImage } from "../harness";
import { asked } from "../harness/plugin-process";

type Props = Record<string, unknown>;
type Client = InstanceType<typeof ResourceProviderClient>;

const load = createRequire(createRequire(__filename).resolve("@pulumi/pulumi/package.json"));
const { EngineService } = load("./proto/engine_grpc_pb") as typeof EngineGrpc & {
  EngineService: Grpc.ServiceDefinition;
};

describeEachDaemon({ name: "the plugin's protocol", on: ["embedded"] }, (daemon) => {
  let slow: SlowSocket;
  let dir = "";
  let server: Grpc.Server;
  let client: Client;
  let count = 0;

  beforeAll(async () => (dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-protocol-"))));
  afterAll(() => rm(dir, { recursive: true }));
  beforeEach(async () => {
    slow = new SlowSocket(daemon.socket);
    await slow.start();
    resetRunRegistry();
    const provider = new PluginProvider();
    const started = await serve({ provider, version: "1.2.3", schema: () => '{"name":"lxd"}' });
    server = started.server;
    client = new ResourceProviderClient(`127.0.0.1:${started.port}`, grpc.credentials.createInsecure());
    const args = sent({ socket: slow.socket, parallel: 4 }, []);
    const answer = await ask("configure", new messages.ConfigureRequest().setArgs(args));
    expect((answer as { toObject: () => object }).toObject()).toMatchObject({
      acceptsecrets: true,
      supportspreview: true,
    });
  });
  afterEach(async () => {
    client.close();
    server.forceShutdown();
    await slow.stop();
  });

  const ask = <Answer>(method: keyof Client, request: object): Promise<Answer> => asked(client, method, request);
  const urn = (kind: string): string => `urn:pulumi:test::contract::lxd:index:${kind}::${daemon.name(String(++count))}`;

  const check = (of: string, news: Props, secrets: Path[] = []): Promise<InstanceType<typeof messages.CheckResponse>> =>
    ask("check", new messages.CheckRequest().setUrn(of).setNews(sent(news, secrets)));
  const create = async (
    of: string,
    news: Props,
    { secrets = [], timeout = 0 }: { secrets?: Path[]; timeout?: number } = {},
  ): Promise<InstanceType<typeof messages.CreateResponse>> => {
    const checked = await check(of, news, secrets);
    expect(checked.getFailuresList()).toEqual([]);
    const request = new messages.CreateRequest().setUrn(of).setProperties(checked.getInputs()).setTimeout(timeout);
    return ask("create", request);
  };
  const remove = (of: string, made: InstanceType<typeof messages.CreateResponse>): Promise<unknown> => {
    const request = new messages.DeleteRequest().setUrn(of).setId(made.getId());
    return ask("delete", request.setProperties(made.getProperties()));
  };
  /** An upload that has begun and goes on no further. */
  const heldUpload = async (timeout = 0): Promise<{ of: string; ended: Promise<string>; reached: Promise<void> }> => {
    const file = join(dir, `${++count}.iso`);
    await writeFile(file, Buffer.concat([tinyIso({ marker: file }), randomBytes(8 << 20)]));
    const reached = slow.hold((line) => /^POST .*\/volumes\/custom$/.test(line), 1 << 20);
    const of = urn("IsoVolume");
    const made = create(of, { pool: "default", source: { file } }, { timeout });
    const ended = made.then(
      () => "it has succeeded",
      (error: unknown) => (error as Error).message,
    );
    return { of, ended, reached };
  };
  const needs = { needs: ["custom_volume_iso"] };

  daemon.test("says every error of the configuration at once, by the setting", {}, async () => {
    const news = sent({ adress: "a", socket: "/a", address: "https://b", parallel: "many", version: "1.0.0" }, []);
    type Answer = InstanceType<typeof messages.CheckResponse>;
    const answer = await ask<Answer>("checkConfig", new messages.CheckRequest().setNews(news));
    const reasons = answer.getFailuresList().map((failure) => failure.getReason());
    expect(reasons).toEqual([
      expect.stringMatching(/lxd:adress, which is not a setting; did you mean lxd:address\?/),
      expect.stringContaining("lxd:socket and lxd:address; keep one of them"),
      expect.stringContaining("lxd:parallel must be an integer"),
    ]);
  });

  daemon.test("names itself, its schema, and what it does not have", {}, async () => {
    const info = await ask<{ getVersion: () => string }>("getPluginInfo", new Empty());
    expect(info.getVersion()).toBe("1.2.3");
    const schema = await ask<{ getSchema: () => string }>("getSchema", new messages.GetSchemaRequest());
    expect(schema.getSchema()).toBe('{"name":"lxd"}');
    await expect(check(urn("Imag"), {})).rejects.toThrow("Did you mean lxd:index:Image?");
    const invoke = new messages.InvokeRequest().setTok("lxd:index:lookUpImage").setArgs(sent({}, []));
    await expect(ask("invoke", invoke)).rejects.toThrow("Did you mean lxd:index:lookupImage?");
  });

  daemon.test("keeps secrets in inputs, outputs and details", {}, async () => {
    const of = urn("Profile");
    const config = { "user.token": "correct horse", "user.plain": "1" };
    const secrets: Path[] = [["config", "user.token"]];
    const checked = await check(of, { config, description: "a correct horse" }, secrets);
    expect(received(checked.getInputs()).secrets).toEqual([["config", "user.token"]]);
    const made = await create(of, { config, description: "a correct horse" }, { secrets });
    const outputs = received(made.getProperties());
    // The description repeats the secret.
    expect(outputs.secrets).toEqual(expect.arrayContaining([["config"], ["description"]]));
    expect(outputs.props["config"]).toEqual(config);
    const other = { ...config, "user.plain": "2", "user.more": "3" };
    const news = await check(of, { config: other, description: "a correct horse" }, secrets);
    const request = new messages.DiffRequest().setUrn(of).setId(made.getId()).setOlds(made.getProperties());
    const found = await ask<InstanceType<typeof messages.DiffResponse>>(
      "diff",
      request.setOldInputs(checked.getInputs()).setNews(news.getInputs()),
    );
    const { ADD, UPDATE } = messages.PropertyDiff.Kind;
    const details = [...found.getDetaileddiffMap().entries()].map(([path, detail]) => [path, detail.getKind()]);
    expect(Object.fromEntries(details)).toEqual({ 'config["user.plain"]': UPDATE, 'config["user.more"]': ADD });
    await remove(of, made);
  });

  daemon.test("returns what a failed create has made, without its secrets in the clear", needs, async () => {
    const [of, name] = [urn("Instance"), daemon.name(`p${++count}`)];
    const inputs = { name, type: "virtual-machine", profiles: [], rootDisk: { pool: "default", size: "16MiB" } };
    const failed = create(
      of,
      { ...inputs, config: { "user.token": "correct horse" }, waitFor: [{ condition: "agent", timeout: "1s" }] },
      {
        secrets: [["config", "user.token"]],
      },
    );
    const error = (await failed.catch((thrown: unknown) => thrown)) as {
      id: string;
      properties: Props;
      reasons: string[];
    };
    expect(error).toMatchObject({
      id: `default/${name}`,
      properties: { name, __secrets: [["config"], ["expandedConfig"]] },
    });
    expect(error.reasons).toHaveLength(1);
    expect(await objectAt(daemon, `/1.0/instances/${name}`)).toMatchObject({ name });
    const { __secrets, ...properties } = error.properties;
    const request = new messages.DeleteRequest().setUrn(of).setId(error.id).setProperties(sent(properties, []));
    await ask("delete", request);
  });

  daemon.test("ends a create that takes longer than it may", needs, async () => {
    const from = performance.now();
    const { ended } = await heldUpload(1);
    expect(await ended).toMatch(/create ISO volume .*the operation took longer than the 1 s .*\[timeout\]/);
    expect(performance.now() - from).toBeLessThan(5000);
  });

  daemon.test("ends everything when it is cancelled, and what comes later", needs, async () => {
    const { ended, reached } = await heldUpload();
    await reached;
    const from = performance.now();
    await ask("cancel", new Empty());
    expect(await ended).toMatch(/create ISO volume .*the run was cancelled \[cancelled\]/);
    expect(performance.now() - from).toBeLessThan(2000);
  });

  daemon.test("shows progress on the row of the resource in the engine that attaches", needs, async () => {
    const logged: { urn: string; text: string; ephemeral: boolean }[] = [];
    const engine = new grpc.Server();
    const log = (call: { request: Engine.LogRequest }, done: (error: null, answer: object) => void): void => {
      const { request } = call;
      logged.push({ urn: request.getUrn(), text: request.getMessage(), ephemeral: request.getEphemeral() });
      done(null, new Empty());
    };
    engine.addService(EngineService, { log });
    const port = await new Promise<number>((resolve) => {
      engine.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (_, bound) => resolve(bound));
    });
    await ask("handshake", new messages.ProviderHandshakeRequest().setEngineAddress(`127.0.0.1:${port}`));
    const file = join(dir, `${++count}.iso`);
    await writeFile(file, tinyIso({ marker: file }));
    const of = urn("IsoVolume");
    const made = await create(of, { pool: "default", source: { file } });
    expect(logged).toContainEqual({ urn: of, text: expect.stringContaining("uploading") as string, ephemeral: true });
    await remove(of, made);
    // The engine stays: without it, the provider would end this process.
  });

  daemon.test("finds images", {}, async () => {
    const options = { properties: { run: daemon.prefix }, withoutBusybox: true };
    const fingerprint = await uploadImage(daemon, "found", options);
    const args = sent({ filter: { run: daemon.prefix } }, []);
    type Answer = InstanceType<typeof messages.InvokeResponse>;
    const one = await ask<Answer>("invoke", new messages.InvokeRequest().setTok("lxd:index:lookupImage").setArgs(args));
    expect(received(one.getReturn()).props).toMatchObject({ fingerprint });
    const all = await ask<Answer>(
      "invoke",
      new messages.InvokeRequest().setTok("lxd:index:lookupImages").setArgs(args),
    );
    expect(received(all.getReturn()).props).toMatchObject({ images: [{ fingerprint }] });
  });
});
