// `pulumi-lxd doctor`: what a stack would meet, from the Pulumi CLI to the storage pools, and what to do about it.
import { parseArgs } from "node:util";
import { clientFor } from "../../provider/lxd/client/core/connections";
import { resolveCredentials } from "../../provider/lxd/client/auth/credentials";
import { type Location } from "../../provider/lxd/client/discovery/location";
import { projectOf } from "../../provider/resources/shared/common";
import { daemonOptions, remoteOf } from "../which-daemon";
import { type Command } from "../command";
import { failed, type Finding, write } from "./finding";
import { enrolment, identity } from "./identity";
import { search, type Step } from "./place";
import { server } from "./server";
import { stackConfig } from "./stack-config";
import { tools } from "./tools";

const help = `Usage: pulumi-lxd doctor [options]

Looks at all that a stack needs: the Pulumi CLI, the daemon (where it is looked for and which place names it), trust,
features, project, storage pools. Says what to do about each finding. Changes nothing, and spends no trust token.
In the folder of a Pulumi program the selected stack's config counts. Ends with 1 if there is an error.

Options:
  --remote NAME      a remote of the command line of Incus or LXD
  --socket PATH      the daemon's unix socket
  --address URL      a daemon over HTTPS
  --server-certificate-fingerprint HEX   what that daemon is known by
  --json             for programs: { ok, places, findings }
  -h, --help         this text`;

const options = {
  ...daemonOptions,
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

interface Report {
  ok: boolean;
  places: Step[];
  findings: Finding[];
}

async function run(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options, strict: true });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const report = await examine(remoteOf(values));
  console.log(values.json ? JSON.stringify(report, null, 2) : text(report));
  return report.ok ? 0 : 1;
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
    const plan = enrolment(target, process.env);
    const client = clientFor("addresses" in target ? { ...target, trustToken: undefined } : target);
    return [...identity(target), ...(await server(client, { project, plan })), ...unheeded(project)];
  } catch (error) {
    return [failed("trust", error)];
  }
}

/** Of the command line `incus`, and for the servers that are found as it finds them. */
function unheeded(project: string): Finding[] {
  const named = process.env["INCUS_PROJECT"];
  if (!named || named === project) return [];
  const why = `INCUS_PROJECT is ${named}, and does not count where the stack or the program names the server or the project`;
  const advice = `To work there: \`pulumi config set lxd:project ${named}\`.`;
  return [{ level: "info", check: "project", text: why, advice }];
}

function text({ places, findings, ok }: Report): string {
  const width = Math.max(...places.map(({ place }) => place.length));
  const steps = places.map(
    ({ place, says, isChosen }) => `  ${place.padEnd(width)}  ${says}${isChosen ? "   ← this one" : ""}`,
  );
  const errors = findings.filter(({ level }) => level === "error").length;
  const end = ok ? "No problems found." : `${errors} ${errors === 1 ? "error" : "errors"}.`;
  return ["Where the daemon is looked for:", ...steps, "", ...findings.map(write), "", end].join("\n");
}

export const doctor: Command = { summary: "look at all that a stack needs, and say what to do", run };
