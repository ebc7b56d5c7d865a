// Reads an object whose own absence looks like that of a container: a project or a pool.
import type * as z from "zod";
import { type Client } from "../client/core/client";
import { type Found } from "../client/core/requests";
import { type Query } from "../client/transport/paths";
import { isCode } from "../../base/errors";

/** Like `client.find`, for which "Project not found" would be an error. */
export async function findItself<S extends z.ZodType>(
  client: Client,
  path: string,
  { schema, query }: { schema: S; query?: Query },
): Promise<Found<z.output<S>> | undefined> {
  try {
    return await client.get(path, schema, query);
  } catch (error) {
    if (isCode(error, "not-found")) return undefined;
    throw error;
  }
}
