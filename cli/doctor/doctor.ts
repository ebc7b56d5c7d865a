// `pulumi-lxd doctor`: checks everything that a stack needs, from the Pulumi CLI to the storage pools, with advice.
import { clientFor } from "../../provider/lxd/client/core/connections";
import { resolveCredentials } from "../../provider/lxd/client/auth/credentials";
import { type Location } from "../../provider/lxd/client/discovery/location";
import { projectOf } from "../../provider/resources/shared/common";
import { daemonOptions, remoteOf } from "../which-daemon";
import { type Input, type Outcome } from "../command";
import { define } from "../define";
import { type Output } from "../output";
import { failed, type Finding } from "./finding";
import { enrollment, identity } from "./identity";
import { search, type Step } from "./place";
import { reportText } from "./report";
import { server } from "./server";
import { stackConfig } from "./stack-config";
import { tools } from "./tools";

const about = `Checks everything that a stack needs: the Pulumi CLI, the daemon (which places are searched and which one selects it), trust, features, project, storage pools. Prints the findings with advice, the worst first. Changes nothing, and does not use a trust token. In the folder of a Pulumi program, it reads the selected stack's config. Exits with 1 if there is an error.`;

interface Report {
  ok: boolean;
  places: Step[];
  findings: Finding[];
}

async function run({ values }: Input<typeof daemonOptions>, output: Output): Promise<Outcome> {
  const { ok, places, findings } = await examine(remoteOf(values));
  output.print(reportText({ places, findings }, output.paint));
  return { ok, json: { places, findings } };
}

async function examine(explicit: ReturnType<typeof remoteOf>): Promise<Report> {
  const [beside, { config, missing, findings: ofConfig }] = await Promise.all([tools(), stackConfig()]);
  const { steps, location, findings } = search({ explicit, config, env: process.env }, missing);
  const far = location === undefined ? [] : await ask(location, () => projectOf({ remote: explicit }, config));
  const all = [...beside, ...ofConfig, ...findings, ...far];
  return { ok: all.every(({ level }) => level !== "error"), places: steps, findings: all };
}

async function ask(location: Location, projectThere: () => string): Promise<Finding[]> {
  try {
    const project = projectThere();
    const target = resolveCredentials(location, process.env);
    const plan = enrollment(target, process.env);
    const client = clientFor("addresses" in target ? { ...target, trustToken: undefined } : target);
    return [...identity(target), ...(await server(client, { project, plan })), ...unheeded(project)];
  } catch (error) {
    return [failed("trust", error)];
  }
}

/**
 * INCUS_PROJECT belongs to the command line client `incus`, and applies only to servers that are found in the same way.
 */
function unheeded(project: string): Finding[] {
  const named = process.env["INCUS_PROJECT"];
  if (!named || named === project) return [];
  const why = `INCUS_PROJECT is ${named}, but has no effect if the stack or the program sets the server or the project`;
  const advice = `To work there: \`pulumi config set lxd:project ${named}\`.`;
  return [{ level: "info", check: "project", text: why, advice }];
}

export const doctorCommand = define({
  name: "doctor",
  summary: "check everything that a stack needs, with advice",
  about,
  arguments: [],
  options: daemonOptions,
  json: "{ places, findings }",
  run,
});
