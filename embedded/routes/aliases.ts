// /1.0/images/aliases: names of images, which may contain slashes.
import { badRequest, conflict, notFound } from "../errors";
import type { Call } from "../http/call";
import { requireMatch } from "../http/etag";
import { urlOf } from "../http/listing";
import { created, done, type Reply, sync } from "../http/reply";
import type { Route } from "../http/router";
import { addAlias, aliasKey } from "../images/aliases";
import { findImage, imageProject } from "../images/image";
import type { AliasRecord } from "../store/records";
import { keyOf, type Store } from "../store/store";

const aliasUrl = (alias: Pick<AliasRecord, "project" | "name">) =>
  urlOf(["images", "aliases", alias.name], alias.project);

const view = (store: Store, alias: AliasRecord) => ({
  description: alias.description,
  target: alias.target,
  name: alias.name,
  type: store.images.find(keyOf(alias.project, alias.target))?.type ?? "container",
});

function requireAlias(call: Call): AliasRecord {
  const alias = call.daemon.store.aliases.find(keyOf(imageProject(call), call.param("alias")));
  if (alias === undefined) throw notFound("Image alias not found");
  return alias;
}

/** The full fingerprint of an alias's target. */
function targetOf(call: Call, fingerprint: string): string {
  const image = findImage(call, imageProject(call), fingerprint);
  if (image === undefined) throw notFound("Image not found");
  return image.fingerprint;
}

function listAliases(call: Call): Reply {
  const project = imageProject(call);
  const { store } = call.daemon;
  const aliases = store.aliases.all().filter((alias) => alias.project === project);
  // Aliases support no filter.
  return sync(aliases.map((alias) => (call.recursion === 0 ? aliasUrl(alias) : view(store, alias))));
}

async function createAlias(call: Call): Promise<Reply> {
  const project = imageProject(call);
  const shape = { name: "string", target: "string", description: "string" } as const;
  const { name, target, description = "" } = await call.json("ImageAliasesPost", shape);
  if (!name || !target) throw badRequest("name and target are required");
  const { store } = call.daemon;
  if (store.aliases.find(keyOf(project, name))) throw conflict(`Alias "${name}" already exists`);
  addAlias(store, { project, name, description, target: targetOf(call, target) });
  return created(aliasUrl({ project, name }));
}

async function updateAlias(call: Call, isPatch: boolean): Promise<Reply> {
  const shape = { target: "string", description: "string" } as const;
  const body = await call.json("ImageAliasesEntryPut", shape);
  if (!isPatch && !body.target) throw badRequest("The target field is required");
  const alias = requireAlias(call);
  const { store } = call.daemon;
  requireMatch(call.ifMatch, view(store, alias));
  const target = targetOf(call, body.target ?? alias.target);
  const description = body.description ?? (isPatch ? alias.description : "");
  store.aliases.set(aliasKey(alias), { ...alias, target, description });
  return done();
}

async function renameAlias(call: Call): Promise<Reply> {
  const { name = "" } = await call.json("ImageAliasesEntryPost", { name: "string" });
  const alias = requireAlias(call);
  const { store } = call.daemon;
  const renamed = { ...alias, name };
  if (store.aliases.find(aliasKey(renamed))) throw conflict(`Alias "${name}" already exists`);
  store.aliases.set(aliasKey(renamed), renamed);
  store.aliases.delete(aliasKey(alias));
  return created(aliasUrl(renamed));
}

function getAlias(call: Call): Reply {
  const alias = view(call.daemon.store, requireAlias(call));
  return sync(alias, alias);
}

function deleteAlias(call: Call): Reply {
  const alias = requireAlias(call);
  call.daemon.store.aliases.delete(aliasKey(alias));
  return done();
}

export const aliasRoutes: Route[] = [
  { path: "/1.0/images/aliases", GET: listAliases, POST: createAlias },
  {
    path: "/1.0/images/aliases/{alias...}",
    GET: getAlias,
    PUT: (call) => updateAlias(call, false),
    PATCH: (call) => updateAlias(call, true),
    POST: renameAlias,
    DELETE: deleteAlias,
  },
];
