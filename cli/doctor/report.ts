// Prints the doctor's report: the verdict, the findings, worst first, and where the server was looked up.
import { type Paint } from "../colour";
import { type Finding } from "./finding";
import { type Step } from "./place";

type Level = Finding["level"];

const levels: readonly Level[] = ["error", "warning", "info", "ok"];
const colours = { error: "red", warning: "yellow", info: "cyan", ok: "green" } as const;

export function reportText({ places, findings }: { places: Step[]; findings: Finding[] }, paint: Paint): string {
  const sorted = levels.flatMap((level) => findings.filter((finding) => finding.level === level));
  const width = Math.max(...places.map(({ place }) => place.length));
  const steps = places.map(
    ({ place, says, isChosen }) => `  ${place.padEnd(width)}  ${says}${isChosen ? "   ← this one" : ""}`,
  );
  return [
    verdict(findings, paint),
    "",
    ...sorted.map((finding) => line(finding, paint)),
    "",
    "Where the daemon is looked for:",
    ...steps.map((step) => (step.endsWith("← this one") ? paint("bold", step) : step)),
  ].join("\n");
}

function verdict(findings: Finding[], paint: Paint): string {
  const counts = (["error", "warning", "info"] as const).map((level) => {
    const count = findings.filter((finding) => finding.level === level).length;
    return counted(count, level === "info" ? "note" : level);
  });
  const found = counts.filter((part) => part !== "").join(", ") || "no problems found";
  if (counts[0] !== "") return `${paint("red", "Not ready for `pulumi up`")}: ${found}.`;
  return `${paint(counts[1] === "" ? "green" : "yellow", "Ready for `pulumi up`")}: ${found}.`;
}

function counted(count: number, word: string): string {
  return count === 0 ? "" : `${count} ${word}${count === 1 ? "" : "s"}`;
}

function line({ level, check, text, advice }: Finding, paint: Paint): string {
  const head = `${paint(colours[level], level.padEnd(8))} ${check.padEnd(9)} ${text}`;
  return advice === undefined ? head : `${head}\n${" ".repeat(19)}→ ${advice}`;
}
