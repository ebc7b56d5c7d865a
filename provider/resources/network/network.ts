// Managed networks, such as bridges with their own addresses, DHCP and DNS.
import {
  createNetwork,
  deleteNetwork,
  findNetwork,
  type NetworkSettings,
  updateNetwork,
  type WireNetwork,
} from "../../lxd/api/networks";
import { type Client } from "../../lxd/client/core/client";
import { type Found } from "../../lxd/client/core/requests";
import { type CheckContext, type Context, type Failure } from "../../kind/kind";
import { isUnknown } from "../../kind/unknowns";
import { makeOnMembers, memberFailures } from "../shared/cluster-definition";
import { checkProject, computedProject } from "../shared/common";
import { configMapKind } from "../config-map/kind";
import {
  applyDefaults,
  fields,
  type NetworkInputs,
  networkName,
  type NetworkOutputs,
  policies,
  schema,
  validate,
} from "./inputs";

type Inputs = NetworkInputs;
type Outputs = NetworkOutputs;

export const network = configMapKind<Inputs, Outputs, WireNetwork, NetworkSettings>({
  kindName: "network",
  schema,
  nameSchema: networkName,
  policies,
  passed: ["memberConfig"],
  fields,
  // A bridge without configured addresses gets free subnets, with NAT enabled.
  isServers: (key) => /^(ipv[46]\.(address|nat)|fan\.underlay_subnet)$/.test(key),
  mayLack: ["ipv4Address", "ipv6Address"],
  isMeant: (key, written, config) => /^ipv[46]\.address$/.test(key) && written === "auto" && config[key] !== "none",
  validate,
  applyDefaults,
  computed: computedProject,
  places: (client, partial) => checkProject(client, partial.project),
  preflight,
  idParts: ["project", "name"],
  blank: { project: "default", type: "bridge" },
  // Two networks cannot listen on the same address.
  excludes: (olds, { ipv4, ipv6, config }) =>
    isOneAddress(olds.ipv4Address, ipv4?.address ?? config["ipv4.address"]) ||
    isOneAddress(olds.ipv6Address, ipv6?.address ?? config["ipv6.address"]),
  find,
  make,
  settings: (_, settings) => settings,
  put: updateNetwork,
  drop: deleteNetwork,
  observe: ({ project, memberConfig }, { type, config, managed, status }) => ({
    ...{ project, memberConfig, type, managed, status },
    ipv4Address: hostAddress(config?.["ipv4.address"]),
    ipv6Address: hostAddress(config?.["ipv6.address"]),
  }),
  mismatch: ({ type }, inputs) => (type === inputs.type ? undefined : `left by an earlier run, of type "${type}"`),
});

/** A network that is only defined on cluster members is pending and does not exist yet. */
async function find(client: Client, at: Inputs): Promise<Found<WireNetwork> | undefined> {
  const found = await findNetwork(client, at);
  return found?.value.status === "Pending" ? undefined : found;
}

async function make({ client }: Context, inputs: Inputs, settings: NetworkSettings): Promise<void> {
  const { type, memberConfig = {} } = inputs;
  await makeOnMembers(client, {
    define: (member) => createNetwork(client, inputs, { member, type, config: memberConfig[member] ?? {} }),
    make: () => createNetwork(client, inputs, { type, ...settings }),
    remove: () => deleteNetwork(client, inputs),
  });
}

function isOneAddress(old: string | undefined, desired: string | undefined): boolean {
  return old !== undefined && old.split("/")[0] === desired?.split("/")[0];
}

function hostAddress(address: string | undefined): string | undefined {
  return address === undefined || address === "none" ? undefined : address;
}

async function preflight(client: Client, { inputs, importId }: CheckContext<Inputs>): Promise<Failure[]> {
  const { memberConfig, project, name } = inputs;
  if (importId !== undefined && project !== undefined && name !== undefined && !isUnknown(name)) {
    const found = await find(client, inputs as Inputs);
    if (found?.value.managed !== false) return [];
    return [
      { property: "", reason: `import: "${name}" is an interface of the host, not a network that the server manages` },
    ];
  }
  return memberFailures(client, memberConfig);
}
