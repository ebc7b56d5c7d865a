// Shows the places where a server is looked up, and which one specifies it.
import { places } from "../../provider/lxd/client/discovery/discovery";
import { type Location, type Surroundings } from "../../provider/lxd/client/discovery/location";
import { ofCommand, ofResource } from "../../provider/lxd/client/discovery/setting-advice";
import { redactedText } from "../../provider/content/url/redacted-url";
import { LxdError } from "../../provider/base/errors";
import { failed, type Finding } from "./finding";

/** The result of one place. */
export interface Step {
  place: string;
  says: string;
  isChosen: boolean;
}

export interface Search {
  steps: Step[];
  location: Location | undefined;
  findings: Finding[];
}

export function search(around: Surroundings, missingConfig: string | undefined): Search {
  const steps: Step[] = [];
  let location: Location | undefined;
  const findings: Finding[] = [];
  for (const { name: inProgram, find } of places) {
    const name = inProgram === ofResource ? ofCommand : inProgram;
    const isConfig = name.startsWith("stack config");
    const found = attempt(() => find(around));
    if (found instanceof LxdError) {
      steps.push({ place: name, says: found.details.why, isChosen: false });
      // The place was specified, so its errors must not lead to another server.
      if (location === undefined && findings.length === 0) findings.push(failed("place", found));
      continue;
    }
    const isChosen = found !== undefined && location === undefined && findings.length === 0;
    const nothing = isConfig && missingConfig !== undefined ? missingConfig : "–";
    steps.push({ place: name, says: found === undefined ? nothing : describe(found), isChosen });
    if (isChosen) location = { ...found, namedBy: name };
  }
  if (location === undefined && findings.length === 0) findings.push(nowhere);
  return { steps, location, findings };
}

const nowhere: Finding = {
  level: "error",
  check: "place",
  text: "no daemon is configured or found",
  advice:
    "Start a daemon, or name one: `pulumi config set lxd:remote NAME`, `lxd:socket PATH` or `lxd:address https://HOST:8443`. To try things out: `npx pulumi-lxd daemon`.",
};

function attempt(find: () => Location | undefined): Location | undefined | LxdError {
  try {
    return find();
  } catch (error) {
    return LxdError.from(error);
  }
}

export function describe(location: Location): string {
  const where = "socket" in location ? location.socket : location.addresses.map(redactedText).join(", ");
  const { remote, project } = location;
  const named = remote === undefined ? where : `${where} (remote "${remote.name}" of \`${remote.cli}\`)`;
  return project === undefined ? named : `${named}, project ${project}`;
}
