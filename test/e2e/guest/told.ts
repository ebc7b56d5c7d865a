// What the guest of end-to-end tests has told last on its serial console, read from the daemon.
import { setTimeout as sleep } from "node:timers/promises";
import { type TestDaemon } from "../../contract/harness";

export interface Told {
  /** Of this start: another one has another. */
  boot: string;
  memoryMiB: number;
  /** The root disk's size as the kernel has it. */
  diskMiB: number;
  /** How often the power button was pressed before this start, as the root disk has kept it. */
  presses: number;
  /** `LABEL/file: content` of every file on the media that are no boot medium. */
  media: string[];
}

/** All that a machine has written to its console since it was started. */
export async function consoleOf(daemon: TestDaemon, machine: string): Promise<string> {
  const { status, bytes } = await daemon.raw.get(`/1.0/instances/${machine}/console`);
  return status === 200 ? bytes.toString().replaceAll("\r", "") : "";
}

/** What the guest tells, once it is as awaited. */
export async function told(
  daemon: TestDaemon,
  machine: string,
  isAwaited: (told: Told) => boolean = () => true,
): Promise<Told> {
  for (const end = Date.now() + 120_000; ;) {
    const text = await consoleOf(daemon, machine);
    const found = lastRound(text);
    if (found !== undefined && isAwaited(found)) return found;
    if (Date.now() > end) throw new Error(`the guest did not tell what was awaited:\n${text.slice(-3000)}`);
    await sleep(250);
  }
}

/** The last round that is over. */
function lastRound(text: string): Told | undefined {
  const round = text
    .split(/^boot=/m)
    .slice(1, -1)
    .at(-1);
  if (round === undefined) return undefined;
  const number = (name: string): number => Number(new RegExp(`${name}=(\\d+)`).exec(round)?.[1]);
  return {
    boot: round.slice(0, round.indexOf(" ")),
    memoryMiB: Math.round(number("memoryKiB") / 1024),
    diskMiB: number("sectors") / 2048,
    presses: number("presses"),
    media: [...round.matchAll(/^label: (\S+) *\nmedium begins\n(.*?)^medium ends$/gms)].flatMap(([, label, files]) =>
      (files ?? "")
        .trim()
        .split("\n")
        .map((file) => file.replace(/^\./, label ?? "")),
    ),
  };
}
