// /1.0/projects: the default project and created ones.
import { badRequest, failed, forbidden, notFound } from "../errors";
import type { Call } from "../http/call";
import { requireMatch } from "../http/etag";
import { list, urlOf } from "../http/listing";
import { created, done, type Reply, running, sync } from "../http/reply";
import type { Route } from "../http/router";
import { requireName } from "../names";
import { checkConfig, usersOf, withFeatures } from "../projects";
import type { ProjectRecord } from "../store/records";
import { keyOf, type Store } from "../store/store";
import { isTrue } from "../instances/config-values";

const view = (store: Store, project: ProjectRecord) => ({
  config: project.config,
  description: project.description,
  name: project.name,
  used_by: usersOf(store, project.name),
});

const covered = (project: ProjectRecord) => ({ description: project.description, config: project.config });

function requireNamed(call: Call, prefix = ""): ProjectRecord {
  const project = call.daemon.store.projects.find(call.param("project"));
  if (project === undefined) throw notFound(`${prefix}Project not found`);
  return project;
}

function listProjects(call: Call): Reply {
  const { store } = call.daemon;
  const items = store.projects.all();
  return list(
    call,
    items.map((project) => ({ url: urlOf(["projects", project.name]), view: view(store, project) })),
  );
}

function addDefaultProfile(call: Call, project: string): void {
  const { store, settings } = call.daemon;
  const description = `Default ${settings.product.title} profile for project ${project}`;
  const profile = { project, name: "default", description, config: {}, devices: {} };
  store.profiles.set(keyOf(project, "default"), profile);
}

async function createProject(call: Call): Promise<Reply> {
  const body = await call.json("ProjectsPost", { name: "string", description: "string", config: "config" });
  const name = requireName(body.name ?? "", "Project");
  if (name.includes(" ")) throw badRequest("Project names may not contain spaces");
  if (name === "*") throw badRequest("Reserved project name");
  checkConfig(body.config ?? {});
  if (call.daemon.store.projects.find(name)) {
    const reason = 'Failed to create "projects" entry: UNIQUE constraint failed: projects.name';
    throw failed(`Failed creating project "${name}": Failed adding database record: ${reason}`);
  }
  const config = withFeatures(body.config ?? {});
  call.daemon.store.projects.set(name, { name, description: body.description ?? "", config });
  if (isTrue(config["features.profiles"])) addDefaultProfile(call, name);
  return created(urlOf(["projects", name]));
}

/** PUT and PATCH are the same: the real daemon's PATCH does not merge a specified config. */
async function updateProject(call: Call, isPatch: boolean): Promise<Reply> {
  const project = requireNamed(call);
  requireMatch(call.ifMatch, covered(project));
  const body = await call.json("ProjectPut", { description: "string", config: "config" });
  const kept = isPatch ? project : { description: "", config: {} };
  const config = body.config ?? kept.config;
  checkConfig(config);
  const description = body.description ?? kept.description;
  call.daemon.store.projects.set(project.name, { ...project, description, config });
  return done();
}

async function renameProject(call: Call): Promise<Reply> {
  if (call.param("project") === "default") throw forbidden("The 'default' project cannot be renamed");
  const { store, operations } = call.daemon;
  const body = await call.json("ProjectPost", { name: "string" });
  const project = requireNamed(call);
  const name = requireName(body.name ?? "", "Project");
  const run = () => {
    const others = usersOf(store, project.name).filter((url) => !url.startsWith("/1.0/profiles/default?"));
    if (others.length > 0) throw failed("Only empty projects can be renamed");
    if (store.projects.find(name)) throw failed(`A project named "${name}" already exists`);
    store.profiles.delete(keyOf(project.name, "default"));
    store.projects.delete(project.name);
    store.projects.set(name, { ...project, name });
    if (isTrue(project.config["features.profiles"])) addDefaultProfile(call, name);
  };
  return running(operations.start({ description: "Renaming project", project: project.name, run }));
}

function deleteProject(call: Call): Reply {
  const name = call.param("project");
  if (name === "default") throw forbidden("The 'default' project cannot be deleted");
  requireNamed(call, `Fetch project "${name}": `);
  const { store } = call.daemon;
  const users = usersOf(store, name).filter((url) => url !== urlOf(["profiles", "default"], name));
  if (users.length > 0) throw failed("Only empty projects can be removed.");
  store.profiles.delete(keyOf(name, "default"));
  store.projects.delete(name);
  return done();
}

function getProject(call: Call): Reply {
  const project = requireNamed(call);
  return sync(view(call.daemon.store, project), covered(project));
}

export const projectRoutes: Route[] = [
  { path: "/1.0/projects", GET: listProjects, POST: createProject },
  {
    path: "/1.0/projects/{project}",
    GET: getProject,
    PUT: (call) => updateProject(call, false),
    PATCH: (call) => updateProject(call, true),
    POST: renameProject,
    DELETE: deleteProject,
  },
];
