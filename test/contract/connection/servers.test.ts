// A server is known by its certificate: another way to it replaces nothing, another server replaces what is there.
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IsoVolume } from "../../../provider";
import { type DynamicProvider } from "../../../provider/engine/pulumi/dynamic-provider";
import { type EmbeddedDaemon, startEmbeddedDaemon } from "../../../embedded";
import { at, RawClient, writeTinyIso } from "../harness";
import { StackResource } from "../harness/stack";

type Props = Record<string, unknown>;

let dir = "";
let here: EmbeddedDaemon;
let there: EmbeddedDaemon;
let args: Props = {};

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "pulumi-lxd-servers-"));
  here = await startEmbeddedDaemon({ dir: join(dir, "here") });
  there = await startEmbeddedDaemon({ dir: join(dir, "there") });
  await writeTinyIso(join(dir, "x.iso"), { marker: "x" });
  args = { pool: "default", name: "x", source: { file: join(dir, "x.iso") } };
});
afterEach(async () => {
  await Promise.all([here.stop(), there.stop()]);
  await rm(dir, { recursive: true });
});

const volumes = async ({ socket }: EmbeddedDaemon): Promise<unknown> => {
  const { body } = await new RawClient(() => socket).get("/1.0/storage-pools/default/volumes/custom?recursion=1");
  return (body.metadata as Props[]).map((volume) => at(volume, "name"));
};
const aliasOf = async ({ socket }: EmbeddedDaemon): Promise<string> => {
  const alias = join(dir, "alias.socket");
  await symlink(socket, alias);
  return alias;
};

describe("a resource whose remote is named in the program", () => {
  const on = (socket: string): Props => ({ ...args, remote: { socket } });
  const make = async (): Promise<StackResource> => {
    const resource = new StackResource("IsoVolume", "x", here.socket);
    expect(await resource.up(args)).toBe("created");
    return resource;
  };

  it("stays where it is when the same server gets another name, and is found there afterwards", async () => {
    const resource = await make();
    const alias = await aliasOf(here);
    expect(await resource.preview(on(alias))).toEqual({ changes: true, replaces: [], deleteBeforeReplace: false });
    expect(await resource.up(on(alias))).toBe("updated");
    expect(resource.outputs["remote"]).toEqual({ socket: alias });
    expect(await resource.up(on(alias))).toBe("same");
    await resource.destroy();
    expect(await volumes(here)).toEqual([]);
  });

  it("is made on another server first, and then taken away from the old one", async () => {
    const resource = await make();
    const moved = { changes: true, replaces: ["remote"], deleteBeforeReplace: false };
    expect(await resource.preview(on(there.socket))).toEqual(moved);
    expect(await resource.up(on(there.socket))).toBe("replaced");
    expect([await volumes(here), await volumes(there)]).toEqual([[], ["x"]]);
  });

  it("is told in the preview what is in its way on the other server", async () => {
    const resource = await make();
    const stranger = new StackResource("IsoVolume", "stranger", there.socket);
    await stranger.up(args);
    await expect(resource.up(on(there.socket))).rejects.toThrow("an ISO volume of that name already exists");
    expect([await volumes(here), await volumes(there)]).toEqual([["x"], ["x"]]);
  });
});

describe("a resource on the stack's server", () => {
  const internal = { __urn: "urn:pulumi:s::p::pulumi-nodejs:dynamic/lxd:IsoVolume::x", __provider: "p" };
  const configured = async (socket: string): Promise<DynamicProvider> => {
    const provider = IsoVolume();
    await provider.configure({ config: { get: (key) => (key === "lxd:socket" ? socket : undefined) } });
    return provider;
  };
  const check = async (provider: DynamicProvider, olds: Props = {}): Promise<Props> => {
    const { inputs, failures } = await provider.check(olds, { ...args, ...internal });
    expect(failures).toEqual([]);
    return { ...inputs, ...internal };
  };
  const make = async (): Promise<{ id: string; inputs: Props; state: Props }> => {
    const provider = await configured(here.socket);
    const inputs = await check(provider);
    const { id, outs } = await provider.create(inputs);
    return { id, inputs, state: outs };
  };

  it("moves with the config, and is deleted where it was made", async () => {
    const { id, inputs, state } = await make();
    const provider = await configured(there.socket);
    const { replaces } = await provider.diff(id, state, await check(provider, inputs));
    expect(replaces).toEqual(["remote"]);
    await provider.create(await check(provider));
    await provider.delete(id, state);
    expect([await volumes(here), await volumes(there)]).toEqual([[], ["x"]]);
  });

  it("is read where it is, and not where the config leads now", async () => {
    const { id, state } = await make();
    expect((await (await configured(there.socket)).read(id, state)).id).toBe(id);
    const alias = await aliasOf(here);
    expect((await (await configured(alias)).read(id, state)).props["__at"]).toBe(alias);
  });

  it("of a state that does not say where, as older releases left it, is where the config leads", async () => {
    const { id, inputs, state } = await make();
    const { __at, __server, ...old } = state;
    const provider = await configured(here.socket);
    expect((await provider.read(id, old)).props).toMatchObject({ __at, __server });
    const news = await check(provider, { ...inputs, __at: undefined, __server: undefined });
    expect(await provider.diff(id, old, news)).toMatchObject({ changes: false, replaces: [] });
  });

  it("whose server is nowhere to be found is an error, and not gone", async () => {
    const { id, state } = await make();
    const lost = { ...state, __at: there.socket, __server: "0".repeat(64) };
    const read = (await configured(here.socket)).read(id, lost);
    await expect(read).rejects.toThrow(`which answers neither at ${here.socket} nor at ${there.socket} [unavailable]`);
    const gone = { ...state, __at: join(dir, "gone.socket"), __server: "0".repeat(64) };
    const remove = (await configured(there.socket)).delete(id, gone);
    await expect(remove).rejects.toThrow(`no daemon's socket at ${join(dir, "gone.socket")}`);
  });
});
