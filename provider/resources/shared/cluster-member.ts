// Checks that the target cluster member exists and accepts the object.
import { listGroupMembers, listMembers, type WireMember } from "../../lxd/api/cluster-members";
import { type Client } from "../../lxd/client/core/client";
import { type Failure } from "../../kind/kind";
import { nearest } from "../../base/nearest";
import { isUnknown } from "../../kind/unknowns";

/** An evacuated member accepts volumes but no instances. */
export type PlacedObject = "machine" | "volume";

export async function checkMember(client: Client, target: string | undefined, kept: PlacedObject): Promise<Failure[]> {
  if (target === undefined || isUnknown(target)) return [];
  if (!(await client.info()).clustered) return absent("this server is not a cluster member; omit `target`");
  const members = await listMembers(client);
  if (target.startsWith("@")) return checkGroup(client, target.slice(1), { kept, members });
  const member = members.find(({ server_name: name }) => name === target);
  if (member !== undefined) return takes(member, kept) ? [] : away(member, members, kept);
  const names = members.map(({ server_name: name }) => name);
  const near = nearest(target, names);
  const hint = near === undefined ? "" : `; did you mean "${near}"?`;
  return absent(`there is no cluster member "${target}"${hint}; members are: ${names.join(", ")}`);
}

async function checkGroup(
  client: Client,
  group: string,
  { kept, members }: { kept: PlacedObject; members: WireMember[] },
): Promise<Failure[]> {
  if (kept === "volume") return absent(`a volume is on one cluster member; ${online(members, kept)}`);
  const names = await listGroupMembers(client, group);
  if (names.length === 0) return absent(`there is no cluster group "${group}" with members`);
  const own = members.filter(({ server_name: name }) => names.includes(name));
  if (own.some((member) => takes(member, kept))) return [];
  const states = own.map(({ server_name: name, status }) => `${name} is ${status.toLowerCase()}`).join(", ");
  return unavailable(`no member of the cluster group "${group}" accepts an instance: ${states}`);
}

function takes({ status }: WireMember, kept: PlacedObject): boolean {
  return status === "Online" || (kept === "volume" && status === "Evacuated");
}

function away(
  { server_name: name, status, message }: WireMember,
  members: WireMember[],
  kept: PlacedObject,
): Failure[] {
  const why = `the cluster member "${name}" is ${status.toLowerCase()} (${message})`;
  const back = status === "Evacuated" ? `restore it with \`incus cluster restore ${name}\`` : "bring it back online";
  return unavailable(`${why}; ${back}, or ${online(members, kept)}`);
}

function online(members: WireMember[], kept: PlacedObject): string {
  const names = members.filter((member) => takes(member, kept)).map(({ server_name: name }) => name);
  return names.length === 0 ? "bring one of the others back online" : `name one of: ${names.join(", ")}`;
}

function absent(why: string): Failure[] {
  return [{ property: "target", reason: `${why} [not-found]` }];
}

function unavailable(why: string): Failure[] {
  return [{ property: "target", reason: `${why} [unavailable]` }];
}
