// Checks that the profiles which a resource names exist.
import { nearest } from "../../base/nearest";
import { type Failure } from "../../kind/kind";
import { hasUnknown, isUnknown } from "../../kind/unknowns";
import { listProfiles } from "../../lxd/api/profiles";
import { type Client } from "../../lxd/client/core/client";
import { isPlanned } from "./planned";

interface Named {
  profiles?: string[] | undefined;
  project?: string | undefined;
}

/** The profiles that do not exist, of those that are known. */
export async function checkProfiles(client: Client, { profiles, project }: Named): Promise<Failure[]> {
  if (!Array.isArray(profiles) || profiles.length === 0 || hasUnknown(profiles)) return [];
  if (project === undefined || isUnknown(project)) return [];
  const existing = await listProfiles(client, project);
  return missingProfiles(client, { profiles, project }, existing);
}

export function missingProfiles(
  client: Client,
  { profiles, project }: { profiles: string[]; project: string },
  existing: { name: string }[],
): Failure[] {
  const names = existing.map(({ name }) => name);
  return profiles.flatMap((profile, i) => {
    if (names.includes(profile) || isPlanned(client, "profile", `${project}/${profile}`)) return [];
    const near = nearest(profile, names);
    const hint = near === undefined ? `profiles here are: ${names.join(", ")}` : `did you mean "${near}"?`;
    return [{ property: `profiles[${i}]`, reason: `there is no profile "${profile}"; ${hint} [not-found]` }];
  });
}
