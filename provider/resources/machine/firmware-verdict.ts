// Recognizes that a virtual machine's firmware found nothing to boot, and which setting fixes it.
import { type WireInstance } from "../../lxd/api/instance/instances";
import { type Client } from "../../lxd/client/core/client";
import { LxdError } from "../../base/errors";
import { quotedTail } from "./guest/terminal";
import { type ConsoleLog } from "./console";
import { isRunning } from "./power";

export interface Verdict {
  why: string;
  /** The setting that fixes it. */
  advice: string;
}

/** The last output of OVMF with secure boot, of its shell (without secure boot), and of SeaBIOS. */
const ends = {
  uefi: /No bootable option or device was found\.\s*(BdsDxe: Press any key to enter the Boot Manager Menu\.\s*)?$/,
  shell: /UEFI Interactive Shell[^]*\nShell> ?$/,
  bios: /No bootable device\.\s*(Retrying in \d+ seconds\.\s*)?$/,
};
/** Boot entries that the firmware refused, except its own shell. */
const refused =
  /BdsDxe: failed to (?:load|start) \S+ "((?!EFI Internal Shell)[^"]*)" from .*: (?:Access Denied|Security Violation)$/m;
const notAnswered = /BdsDxe: failed to start \S+ "([^"]*)" from .*: Time out$/m;

/** `text`: the console output since the start, without control sequences. */
export function verdictOf(text: string): Verdict | undefined {
  if (ends.bios.test(text)) return { why: nothing, advice: adviceForBios };
  if (!ends.uefi.test(text) && !ends.shell.test(text)) return undefined;
  const denied = refused.exec(text)?.[1]?.trim();
  if (denied !== undefined) return { why: `${nothing}: secure boot refuses "${denied}"`, advice: adviceForSecureBoot };
  const asked = notAnswered.exec(text)?.[1]?.trim();
  if (asked !== undefined)
    return { why: `${nothing}: "${asked}" has waited for a key without success`, advice: adviceForKeys };
  return { why: nothing, advice: adviceForUefi };
}

const nothing = "the firmware has found nothing to boot";
const adviceForSecureBoot =
  'Set `firmware: "uefi"`, which boots what is not signed, or use a medium that is signed. The next `pulumi up` starts the machine with it.';
const adviceForKeys = "Press the key with `bootCommand`.";
const adviceForUefi =
  'Give the machine a medium in `cdroms` that boots by UEFI; one that boots by BIOS alone needs `firmware: "bios"`.';
const adviceForBios =
  'Give the machine a medium in `cdroms` that boots by BIOS; one that boots by UEFI alone needs `firmware: "uefi"`.';

/** How long it must remain the last output: more may follow, or a user may type. */
const stableMs = 2000;
const pauseMs = 1000;

export interface Listening {
  client: Client;
  log: ConsoleLog;
}

/** Watches the firmware's output during other waits. LXD does not expose the console log of a virtual machine. */
export class FirmwareWatch {
  #next = 0;
  #since: number | undefined;

  constructor(private readonly listening: Listening) {}

  /** Throws once the firmware has definitely given up. */
  async look(wire: WireInstance, waitingFor: string): Promise<void> {
    const now = performance.now();
    if (now < this.#next) return;
    this.#next = now + pauseMs;
    const text = await consoleOf(this.listening, wire);
    const verdict = text === undefined ? undefined : verdictOf(text);
    this.#since = verdict === undefined ? undefined : (this.#since ?? now);
    if (text === undefined || verdict === undefined || now - (this.#since ?? now) < stableMs) return;
    const why = `waiting for ${waitingFor}: ${verdict.why}${quotedTail(text)}`;
    throw new LxdError({ code: "failed", why, advice: verdict.advice, quotesConsole: true });
  }
}

/** Whether the firmware of an instance currently has nothing to boot. */
export async function hasGivenUp(listening: Listening, wire: WireInstance): Promise<boolean> {
  const text = await consoleOf(listening, wire);
  return text !== undefined && verdictOf(text) !== undefined;
}

async function consoleOf({ client, log }: Listening, wire: WireInstance): Promise<string | undefined> {
  if (wire.type !== "virtual-machine" || !isRunning(wire)) return undefined;
  return (await client.info()).product === "incus" ? log.text(wire) : undefined;
}
