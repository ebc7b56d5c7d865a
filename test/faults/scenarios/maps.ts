// Profiles, networks, projects and storage pools.
import { type Props } from "../../../provider/kind/props";
import { group } from "../place";
import type { Kind, Program } from "../stack";
import { at, type Scenario, usual } from "./scenario";

/** Kinds that are little more than a map of configuration. */
export const maps = (): Scenario[] => {
  const scenario = (
    name: string,
    kind: Kind,
    args: Record<"first" | "changed" | "replaced", Props>,
    path: string,
  ): Scenario => {
    const program = (of: Props): Program => [at(kind, "it", of)];
    const { first, changed, replaced } = args;
    return {
      name,
      verbs: {
        ...usual({ first: program(first), changed: program(changed), replaced: program(replaced) }),
        import: {
          to: program({ ...first, __import: group(first["name"], path) }),
          before: ({ make }) => make(path, first),
        },
      },
    };
  };
  const config = { "user.a": "1" };
  return [
    scenario(
      "profile",
      "Profile",
      {
        first: { name: "f-profile", description: "one", config },
        changed: { name: "f-profile", description: "two", config: { "user.a": "2", "limits.cpu": "2" } },
        replaced: { name: "f-profile2", description: "one", config },
      },
      "/1.0/profiles",
    ),
    scenario(
      "network",
      "Network",
      {
        first: {
          name: "fnet0",
          description: "one",
          config: { ...config, "ipv4.address": "10.219.7.1/24", "ipv6.address": "none" },
        },
        changed: {
          name: "fnet0",
          description: "two",
          config: { "user.a": "2", "ipv4.address": "10.219.8.1/24", "ipv6.address": "none" },
        },
        replaced: {
          name: "fnet1",
          description: "one",
          config: { ...config, "ipv4.address": "10.219.9.1/24", "ipv6.address": "none" },
        },
      },
      "/1.0/networks",
    ),
    scenario(
      "project",
      "Project",
      {
        first: { name: "f-project", description: "one", config },
        changed: { name: "f-project", description: "two", config: { "user.a": "2" } },
        replaced: { name: "f-project2", description: "one", config },
      },
      "/1.0/projects",
    ),
    scenario(
      "storage-pool",
      "StoragePool",
      {
        first: { name: "f-pool", driver: "dir", description: "one", config },
        changed: { name: "f-pool", driver: "dir", description: "two", config: { "user.a": "2" } },
        replaced: { name: "f-pool2", driver: "dir", description: "one", config },
      },
      "/1.0/storage-pools",
    ),
  ];
};
