// The process of Pulumi's dynamic-provider server, as one run of a stack has it: it can be killed at any request.
import { Calls } from "../../../provider/engine/pulumi/calls";
import { CompactState } from "../../../provider/engine/pulumi/compact-state";
import { Dispatch } from "../../../provider/engine/dispatch";
import { type DynamicProvider } from "../../../provider/engine/pulumi/dynamic-provider";
import { isPlugin, PluginProcess } from "./plugin-process";
import { resetRunRegistry } from "../../../provider/engine/run-registry";
import { type AnyKind, type ServerInputs } from "../../../provider/kind/kind";
import { exec } from "../../../provider/resources/exec/exec";
import { goldenBuild } from "../../../provider/resources/golden-build/golden-build";
import { image } from "../../../provider/resources/image/image";
import { instance } from "../../../provider/resources/instance/instance";
import { instanceSnapshot } from "../../../provider/resources/instance-snapshot/instance-snapshot";
import { isoVolume } from "../../../provider/resources/iso-volume/iso-volume";
import { network } from "../../../provider/resources/network/network";
import { profile } from "../../../provider/resources/profile/profile";
import { project } from "../../../provider/resources/project/project";
import { storagePool } from "../../../provider/resources/storage-pool/storage-pool";
import { storageVolume } from "../../../provider/resources/storage-volume/storage-volume";
import { type KindName } from "../../../sdk/resource/resource";

export type Kind = AnyKind<ServerInputs, ServerInputs, unknown>;

/** What `provider/kinds.ts` loads; tables of tests need it while they are collected. */
const kinds = {
  IsoVolume: isoVolume,
  Image: image,
  GoldenBuild: goldenBuild,
  Instance: instance,
  Network: network,
  Exec: exec,
  InstanceSnapshot: instanceSnapshot,
  Profile: profile,
  StoragePool: storagePool,
  StorageVolume: storageVolume,
  Project: project,
};

type Method = "check" | "diff" | "create" | "read" | "update" | "delete";

export class Killed extends Error {
  constructor() {
    super("the process was killed");
  }
}

/** How long the work of a killed process may take to end, once nothing answers it any more. */
const endMs = 20_000;

export class StackProcess {
  readonly #calls = new Calls();
  readonly #providers = new Map<KindName, DynamicProvider>();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #killed: Promise<never>;
  #kill: (error: Killed) => void = () => undefined;
  isKilled = false;

  readonly #plugin: PluginProcess | undefined;

  constructor(
    private readonly config: Record<string, string>,
    isInPlugin: boolean = isPlugin,
  ) {
    resetRunRegistry();
    if (isInPlugin) this.#plugin = new PluginProcess(this.#calls, config);
    this.#killed = new Promise((_, reject) => (this.#kill = reject));
    this.#killed.catch(() => undefined);
  }

  /** What Pulumi's server calls; after a kill nobody hears what comes of it. */
  async call<M extends Method>(
    kindName: KindName,
    method: M,
    ...args: Parameters<DynamicProvider[M]>
  ): Promise<unknown> {
    if (this.isKilled) throw new Killed();
    const served = this.#of(kindName);
    const work = (served[method] as (...all: unknown[]) => Promise<unknown>).apply(served, plain(args));
    this.#underWay.add(work);
    void work.catch(() => undefined).finally(() => this.#underWay.delete(work));
    return Promise.race([work, this.#killed]);
  }

  /** To be called when nothing more of this process reaches the daemon. */
  async kill(): Promise<void> {
    this.isKilled = true;
    this.#kill(new Killed());
    this.#calls.stop("the test killed it");
    const ended = Promise.allSettled(this.#underWay);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error("what was killed goes on")), endMs);
    });
    await Promise.race([ended, late]).finally(() => clearTimeout(timer));
  }

  async close(): Promise<void> {
    await this.#plugin?.close();
  }

  /** Ctrl-C: what is under way ends by itself, and is heard. */
  cancel(): void {
    this.#calls.stop("the test cancelled it");
  }

  #of(kindName: KindName): DynamicProvider {
    const known = this.#providers.get(kindName);
    if (known !== undefined) return known;
    const kind = kindOf(kindName);
    const made = this.#plugin?.dynamic ?? new CompactState(kindName, kind, new Dispatch(kind, this.#calls));
    void made.configure({ config: { get: (key) => this.config[key] } });
    this.#providers.set(kindName, made);
    return made;
  }
}

export function kindOf(kindName: KindName): Kind {
  return kinds[kindName] as unknown as Kind;
}

/** What JavaScript leaves undefined never reaches a provider. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
