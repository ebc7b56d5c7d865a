// The route table: every path that the daemon serves.
import type { Route } from "../http/router";
import { sync } from "../http/reply";
import { aliasRoutes } from "./aliases";
import { imageRoutes } from "./images";
import { instanceRoutes } from "./instances/instances";
import { networkRoutes } from "./networks";
import { operationRoutes } from "./operations";
import { poolRoutes } from "./pools";
import { profileRoutes } from "./profiles";
import { projectRoutes } from "./projects";
import { serverRoutes } from "./server";
import { snapshotRoutes } from "./instances/snapshots";
import { volumeRoutes } from "./volumes";

export const routes: readonly Route[] = [
  { path: "/", GET: () => sync(["/1.0"]) },
  ...serverRoutes,
  ...operationRoutes,
  ...projectRoutes,
  ...profileRoutes,
  ...networkRoutes,
  ...poolRoutes,
  ...volumeRoutes,
  ...aliasRoutes,
  ...imageRoutes,
  ...snapshotRoutes,
  ...instanceRoutes,
];
