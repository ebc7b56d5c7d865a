// `pulumi-lxd doctor`: what a stack would meet, from the Pulumi CLI to the storage pools, and what to do about it.
import { parseArgs } from "node:util";
import { clientFor } from "../../client/connections";
import { complete } from "../../client/credentials";
import { type Location } from "../../client/location";
import { namedRemote } from "../../client/named-remote";
import { daemonOptions, remoteOf } from "../which-daemon";
import type { Command } from "../main";
import { failed, type Finding, write } from "./finding";
import { enrolment, identity } from "./identity";
import { search, type Step } from "./place";
import { server } from "./server";
import { stackConfig, type StackValues, tools } from "./tools";

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
  const [beside, { config, missing }] = await Promise.all([tools(), stackConfig()]);
  const { steps, location, findings } = search({ explicit, config, env: process.env }, missing);
  const named = explicit.name ?? explicit.socket ?? explicit.address;
  const far = location === undefined ? [] : await ask(location, { config, isExplicit: named !== undefined });
  const all = [...beside, ...findings, ...far];
  return { ok: all.every(({ level }) => level !== "error"), places: steps, findings: all };
}

async function ask(location: Location, known: { config: StackValues; isExplicit: boolean }): Promise<Finding[]> {
  try {
    const target = complete(location, process.env);
    const plan = enrolment(target, process.env);
    const client = clientFor("addresses" in target ? { ...target, trustToken: undefined } : target);
    return [...identity(target), ...(await server(client, { project: projectFor(location, known), plan }))];
  } catch (error) {
    return [failed("trust", error)];
  }
}

/** As for a resource that names none. */
function projectFor(
  { remote }: Location,
  { config, isExplicit }: { config: StackValues; isExplicit: boolean },
): string {
  const ofStack = config["remote"] === undefined ? undefined : namedRemote(config["remote"], process.env).project;
  const ofOwn = isExplicit ? remote?.project : undefined;
  return ofOwn ?? config["project"] ?? ofStack ?? "default";
}

function text({ places, findings, ok }: Report): string {
  const width = Math.max(...places.map(({ place }) => place.length));
  const steps = places.map(
    ({ place, says, isChosen }) => `  ${place.padEnd(width)}  ${says}${isChosen ? "   ← this one" : ""}`,
  );
  const errors = findings.filter(({ level }) => level === "error").length;
  const end = ok ? "All is well." : `${errors} ${errors === 1 ? "error" : "errors"}.`;
  return ["Where the daemon is looked for:", ...steps, "", ...findings.map(write), "", end].join("\n");
}

export const doctor: Command = { summary: "look at all that a stack needs, and say what to do", run };
