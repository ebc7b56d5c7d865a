// Projects: isolated sets of instances, images, profiles, volumes and networks.
import { isDeepStrictEqual } from "node:util";
import { parseUser, type User } from "../../lxd/api/used-by";
import {
  createProject,
  deleteProject,
  type ProjectSettings,
  readProject,
  updateProject,
  type WireProject,
} from "../../lxd/api/projects";
import { type Client } from "../../lxd/client/core/client";
import { type CheckContext, type Failure } from "../../kind/kind";
import { plain } from "../../kind/props";
import { isUnknown } from "../../kind/unknowns";
import { configMapKind } from "../config-map/kind";
import { type Settings } from "../config-map/definition";
import { isTrue } from "../../kind/booleans";
import { fields, policies, type ProjectInputs, projectName, type ProjectOutputs, schema } from "./inputs";

export const project = configMapKind<ProjectInputs, ProjectOutputs, WireProject, ProjectSettings & Settings>({
  kindName: "project",
  schema,
  nameSchema: projectName,
  policies,
  passed: [],
  fields,
  // A new project gets an explicit value for every feature that the server supports.
  isServers: (key) => key.startsWith("features."),
  places: () => Promise.resolve([]),
  preflightChange,
  idParts: ["name"],
  blank: {},
  find: (client, { name }) => readProject(client, name),
  make: ({ client }, { name }, settings) => createProject(client, name, settings),
  settings: (_, settings) => settings,
  put: (client, { name }, found, settings) => updateProject(client, name, found, settings),
  drop: (client, { name }) => deleteProject(client, name),
  observe: () => ({}),
  users: usersOf,
});

/** Everything in the project except the default profile, which every project has. */
function usersOf({ used_by: users }: WireProject): string[] {
  const isDefault = ({ collection, name }: User): boolean => collection === "profiles" && name === "default";
  return (users ?? []).filter((url) => !isDefault(parseUser(url)));
}

/** The daemons do not migrate a project's objects when a feature changes, so they refuse the change. */
async function preflightChange(client: Client, { inputs, olds }: CheckContext<ProjectInputs>): Promise<Failure[]> {
  const { features } = inputs;
  if (olds?.name === undefined || inputs.name !== olds.name || features === undefined || isUnknown(features)) return [];
  if (isDeepStrictEqual(plain(features), plain(olds.features ?? {}))) return [];
  const found = await readProject(client, olds.name);
  const users = found === undefined ? [] : usersOf(found.value);
  if (users.length === 0) return [];
  const config = found?.value.config ?? {};
  return fields
    .filter(({ path }) => path[0] === "features")
    .flatMap(({ path, key }) => {
      const desired = features[path[1] as keyof typeof features];
      if (desired === undefined || isUnknown(desired) || desired === isTrue(config[key])) return [];
      const reason = `can change only while the project is empty, and it contains ${users.length} objects, for example ${users[0] ?? ""}`;
      return [{ property: path.join("."), reason }];
    });
}
