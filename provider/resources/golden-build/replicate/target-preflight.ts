// Preflight checks of the target servers.
import { type Client } from "../../../lxd/client/core/client";
import { missingExtension, type ServerInfo } from "../../../lxd/client/discovery/server-info";
import { LxdError } from "../../../base/errors";
import { type CheckContext, type Failure } from "../../../kind/kind";
import { hasUnknown, isUnknown } from "../../../kind/unknowns";
import { checkProject } from "../../shared/common";
import { takenAliases } from "../../image/aliases/aliases";
import { isPlacePlanned } from "../../shared/planned";
import { type GoldenInputs } from "../schema";
import { isSameTargets, type PublishTarget } from "./target-inputs";
import { copierOf } from "./targets";

type Inputs = GoldenInputs;

interface ReachedTarget {
  client: Client;
  info: ServerInfo;
  target: PublishTarget;
}

/** Unchanged targets are not checked: a preview without changes stays offline. */
export async function targetFailures(builder: Client, check: CheckContext<Inputs>): Promise<Failure[]> {
  const { inputs, olds } = check;
  const { publishTo: targets } = inputs;
  if (!Array.isArray(targets) || targets.length === 0) return [];
  const before = Array.isArray(olds?.publishTo) ? olds.publishTo : [];
  const isNew = (target: PublishTarget): boolean => !before.some((each) => isSameTargets([each], [target]));
  if (olds !== undefined && !targets.some(isNew)) return [];
  const places = [placeOf(builder, String(inputs.project))];
  const all = targets.map(async (target, i) => {
    // The project of an undefined remote is not known either, and the remote is already reported.
    const isKnown = !hasUnknown(target) && !hasUnknown(inputs.remote) && (target as Partial<PublishTarget>).project;
    if (isKnown === false || isKnown === undefined) return [];
    const failures = await failuresOf(builder, check, { target, places, isAsked: isNew(target) });
    return failures.map(({ property, reason }) => ({
      property: `publishTo[${i}]${property && `.${property}`}`,
      reason,
    }));
  });
  return (await Promise.all(all)).flat();
}

async function failuresOf(
  builder: Client,
  check: CheckContext<Inputs>,
  { target, places, isAsked }: { target: PublishTarget; places: string[]; isAsked: boolean },
): Promise<Failure[]> {
  try {
    const client = check.connect(target.remote ?? check.inputs.remote ?? {});
    const place = placeOf(client, target.project);
    if (places.includes(place)) return [places[0] === place ? onBuilder : twice];
    places.push(place);
    if (!isAsked) return [];
    const info = await client.info();
    const home = await builder.info();
    if (info.fingerprint === home.fingerprint && target.project === check.inputs.project) return [onBuilder];
    return await unfit(check, { client, info, target }, home);
  } catch (error) {
    return [{ property: "remote", reason: LxdError.from(error).message }];
  }
}

function placeOf(client: Client, project: string): string {
  return `${client.transport.place} ${project}`;
}

async function unfit(check: CheckContext<Inputs>, reached: ReachedTarget, builder: ServerInfo): Promise<Failure[]> {
  const { client, info, target } = reached;
  const [architecture] = builder.architectures;
  const { architectures } = info;
  const isStrange = architecture !== undefined && architectures.length > 0 && !architectures.includes(architecture);
  const machines = missingExtension(info, "virtual-machines", "images of virtual machines");
  const ofProject = await checkProject(client, target.project);
  return [
    ...(info.extensions.has("virtual-machines") ? [] : [{ property: "remote", reason: machines.message }]),
    ...(isStrange ? [{ property: "remote", reason: strange(architecture, architectures) }] : []),
    ...ofProject,
    ...(ofProject.length > 0 ? [] : await aliasFailures(check, reached)),
  ];
}

function strange(architecture: string, architectures: string[]): string {
  const why = `the image is for ${architecture}, and this server runs ${architectures.join(", ")} [unsupported]`;
  return `${why}\nRemove this target, or build the image on a server of its architecture.`;
}

async function aliasFailures(
  { inputs, urn }: CheckContext<Inputs>,
  { client, target }: ReachedTarget,
): Promise<Failure[]> {
  const { image } = inputs;
  const { project } = target;
  if (image === undefined || isUnknown(image) || isPlacePlanned(client, { project })) return [];
  const aliases = target.aliases ?? image.aliases;
  if (!Array.isArray(aliases)) return [];
  const successor = { urn: copierOf(urn), policy: image.aliasPolicy, isShared: false, replaced: undefined };
  return takenAliases(client, { project, fingerprint: "" }, aliases, successor);
}

const onBuilder: Failure = {
  property: "",
  reason: "is where the image is built, which already has it; use another server, or another `project`",
};
const twice: Failure = { property: "", reason: "has the same server and project as another target" };
