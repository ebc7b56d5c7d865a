// /1.0/networks: simulated managed bridges. Nothing is configured on the host.
import { withoutEmpty } from "../config";
import { badRequest, conflict, type DaemonError, failed, notFound } from "../errors";
import type { Call } from "../http/call";
import { requireMatch } from "../http/etag";
import { list, urlOf } from "../http/listing";
import { created, done, type Reply, sync } from "../http/reply";
import type { Route } from "../http/router";
import { checkAddressesFree, checkNetworkConfig, checkNetworkName, withAddresses } from "../networks";
import type { NetworkRecord } from "../store/records";
import { keyOf } from "../store/store";
import { usersOfNetwork } from "../used-by";
import { effectiveProject, requireProject } from "../scope";

const TYPES = ["bridge", "macvlan", "sriov", "physical", "ovn"];

const networkUrl = ({ project, name }: Pick<NetworkRecord, "project" | "name">) => urlOf(["networks", name], project);
const networkKey = ({ project, name }: Pick<NetworkRecord, "project" | "name">) => keyOf(project, name);
const covered = ({ name, type, description, config }: NetworkRecord) => ({ name, type, description, config });

function networkProject(call: Call): string {
  return effectiveProject(
    requireProject(call, (name) => `Failed to load project "${name}": `),
    "networks",
  );
}

function view(call: Call, network: NetworkRecord): Record<string, unknown> {
  const { config, description, name, type, project } = network;
  const own = call.daemon.settings.product.kind === "incus" ? { project } : {};
  const users = usersOfNetwork(call.daemon.store, network);
  const state = { managed: true, status: "Created", locations: ["none"] };
  return { config, description, name, type, used_by: users, ...state, ...own };
}

function requireNetwork(call: Call, say = ""): NetworkRecord {
  const found = call.daemon.store.networks.find(keyOf(networkProject(call), call.param("network")));
  if (found === undefined) throw notFound(`${say}Network not found`);
  return found;
}

function listNetworks(call: Call): Reply {
  const home = call.wantsAllProjects ? undefined : networkProject(call);
  const networks = call.daemon.store.networks.all().filter(({ project }) => home === undefined || project === home);
  return list(
    call,
    networks.map((network) => ({ url: networkUrl(network), view: view(call, network) })),
  );
}

const taken = (call: Call, name: string): DaemonError =>
  call.daemon.settings.product.kind === "incus"
    ? conflict(`Network "${name}" already exists`)
    : badRequest("The network already exists");

async function createNetwork(call: Call): Promise<Reply> {
  const project = networkProject(call);
  const target = call.query.get("target") ?? "";
  if (target !== "" && target !== "none") throw notFound("Cluster member not found");
  const shape = { name: "string", type: "string", description: "string", config: "config" } as const;
  const { name = "", type = "bridge", description = "", config = {} } = await call.json("NetworksPost", shape);
  checkNetworkName(name);
  if (!TYPES.includes(type)) throw badRequest("Unknown driver");
  const { store } = call.daemon;
  if (store.networks.find(keyOf(project, name))) throw taken(call, name);
  checkNetworkConfig(name, config, failed);
  checkAddressesFree(
    config,
    store.networks.all().map((other) => other.config),
  );
  const full = type === "bridge" ? withAddresses(withoutEmpty(config), store.networks.all().length) : config;
  store.networks.set(keyOf(project, name), { project, name, type, description, config: full });
  return created(networkUrl({ project, name }));
}

async function updateNetwork(call: Call, isPatch: boolean): Promise<Reply> {
  const network = requireNetwork(call);
  requireMatch(call.ifMatch, covered(network));
  const body = await call.json("NetworkPut", { description: "string", config: "config" });
  const config = withoutEmpty({ ...(isPatch ? network.config : {}), ...body.config });
  checkNetworkConfig(network.name, config, badRequest);
  call.daemon.store.networks.set(networkKey(network), { ...network, description: body.description ?? "", config });
  return done();
}

function deleteNetwork(call: Call): Reply {
  const network = requireNetwork(call, "Failed loading network: ");
  const { store } = call.daemon;
  if (usersOfNetwork(store, network).length > 0) throw badRequest("The network is currently in use");
  store.networks.delete(networkKey(network));
  return done();
}

export const networkRoutes: Route[] = [
  { path: "/1.0/networks", GET: listNetworks, POST: createNetwork },
  {
    path: "/1.0/networks/{network}",
    GET: (call) => {
      const network = requireNetwork(call);
      return sync(view(call, network), covered(network));
    },
    PUT: (call) => updateNetwork(call, false),
    PATCH: (call) => updateNetwork(call, true),
    DELETE: deleteNetwork,
  },
];
