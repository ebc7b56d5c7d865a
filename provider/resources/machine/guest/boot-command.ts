// Types the boot command on the serial console of a newly started instance: waits, keystrokes and pauses.
import * as z from "zod";
import { poll } from "../../../base/poll";
import { type Console, openConsole } from "../../../lxd/api/instance/console";
import { readConsole } from "../../../lxd/api/instance/console-log";
import { type InstanceAddress } from "../../../lxd/api/instance/instances";
import { type Client } from "../../../lxd/client/core/client";
import { LxdError } from "../../../base/errors";
import { duration, strict, tagged } from "../../../kind/schema";
import { milliseconds } from "../../../kind/units";
import { bytesOf, type Key, keys } from "./keys";
import { plainText, quotedTail } from "./terminal";

/** Waits for console output: a regular expression, matched against the output since the last such step. */
export interface AwaitStep {
  waitFor: string;
  timeout?: string | undefined;
}

export interface TypeStep {
  type: string;
}

export interface KeyStep {
  key: Key;
  /** How often the key is pressed. Default: once. */
  times?: number | undefined;
  /** The interval between two presses. Default: 1s. */
  every?: string | undefined;
}

export interface PauseStep {
  pause: string;
}

export type BootStep = AwaitStep | TypeStep | KeyStep | PauseStep;

const expression = z.string().refine(isExpression, { error: "is not a valid JavaScript regular expression" });
const key = z.enum(keys as [Key, ...Key[]], {
  error: (issue) => `${JSON.stringify(issue.input)} is not a valid key; the keys are ${keys.join(", ")}`,
});

export const bootCommandSchema = z.array(
  tagged<BootStep>({
    waitFor: strict({ waitFor: expression, timeout: duration.optional() }),
    type: strict({ type: z.string().min(1, { error: "must not be empty" }) }),
    key: strict({ key, times: z.int().min(1).max(1000).optional(), every: duration.optional() }),
    pause: strict({ pause: duration }),
  }),
);

export function isExpression(text: string): boolean {
  try {
    return new RegExp(text).source !== "";
  } catch {
    return false;
  }
}

const defaultTimeout = "5m";
const defaultEvery = "1s";
/** A guest reads its serial port character by character; some guests lose faster input. */
const betweenCharactersMs = 10;
const lookMs = 50;

export interface Typing {
  client: Client;
  at: InstanceAddress;
  steps: BootStep[];
  status: (text: string) => void;
}

/**
 * Runs the steps on an instance that has just started; returns its console output. Output during that time is not in
 * the console log: the daemons send it to the connected client only.
 */
export async function typeBootCommand(typing: Typing): Promise<string> {
  const { client, at, steps, status } = typing;
  const session = await Session.open(client, at);
  try {
    for (const [i, step] of steps.entries()) {
      try {
        await take(session, step, (text) => status(`boot command, step ${i + 1} of ${steps.length}: ${text}`));
      } catch (error) {
        const { details } = LxdError.from(error);
        throw new LxdError({ ...details, why: `bootCommand[${i}]: ${details.why}` });
      }
    }
  } finally {
    await session.close();
  }
  // Output received while the session closed, such as the response to the last key, is in no log either.
  return session.text;
}

async function take(session: Session, step: BootStep, status: (text: string) => void): Promise<void> {
  if ("waitFor" in step) {
    await session.hear(new RegExp(step.waitFor, "m"), step.timeout ?? defaultTimeout, status);
  } else if ("pause" in step) {
    status(`pausing for ${step.pause}`);
    await session.pause(milliseconds(step.pause));
  } else if ("type" in step) {
    status("typing");
    for (const character of step.type) await session.press(character === "\n" ? "\r" : character, betweenCharactersMs);
  } else {
    const { key: pressed, times = 1, every = defaultEvery } = step;
    status(`pressing ${pressed}`);
    await session.press(bytesOf(pressed), 0);
    for (let i = 1; i < times; i++) {
      await session.pause(milliseconds(every));
      // A guest may react to the first key press, finish its work and stop before the last one.
      session.pressAgain(bytesOf(pressed));
    }
  }
}

/** A console connection and the output received on it. */
class Session {
  /** Output from before the connection, which the daemons do not send to new clients. */
  #before = "";
  #raw = "";
  #heard = 0;
  #isOver = false;
  #console: Console | undefined;

  private constructor(private readonly client: Client) {}

  static async open(client: Client, at: InstanceAddress): Promise<Session> {
    const session = new Session(client);
    session.#before = plainText(await outputSinceStart(client, at));
    session.#console = await openConsole(client, at, (text) => (session.#raw += text));
    void session.#console.ended.then(() => (session.#isOver = true));
    return session;
  }

  /** Output received on the connection. */
  get text(): string {
    return plainText(this.#raw);
  }

  get #all(): string {
    return this.#before + this.text;
  }

  async hear(pattern: RegExp, timeout: string, status: (text: string) => void): Promise<void> {
    const polling = { client: this.client, everyMs: lookMs, withinMs: milliseconds(timeout) };
    const end = await poll(polling, (leftMs) => {
      const found = pattern.exec(this.#all.slice(this.#heard));
      if (found !== null) return Promise.resolve(found.index + found[0].length);
      if (this.#isOver) throw this.#unheard(pattern, timeout);
      status(`waiting for /${pattern.source}/, ${Math.max(0, Math.ceil(leftMs / 1000))} s left`);
      return Promise.resolve(undefined);
    });
    if (end === undefined) throw this.#unheard(pattern, timeout);
    this.#heard += end;
  }

  async press(keys: string, pauseMs: number): Promise<void> {
    if (this.#isOver) throw this.#gone();
    this.#console?.type(keys);
    await this.pause(pauseMs);
  }

  pause(ms: number): Promise<void> {
    return this.client.pause(ms);
  }

  pressAgain(keys: string): void {
    if (!this.#isOver) this.#console?.type(keys);
  }

  async close(): Promise<void> {
    await this.#console?.close();
  }

  #unheard({ source }: RegExp, timeout: string): LxdError {
    if (this.#isOver) return this.#gone(` before it printed /${source}/`);
    const why = `the console has not printed /${source}/ after ${timeout}${quotedTail(this.#all)}`;
    return new LxdError({ code: "timeout", why, advice: again });
  }

  #gone(before = ""): LxdError {
    const why = `the console was closed${before}: the machine is off, or another client took it${quotedTail(this.#all)}`;
    return new LxdError({ code: "failed", why, advice: again });
  }
}

/** The firmware may write before the connection is open. LXD keeps no log for a virtual machine. */
async function outputSinceStart(client: Client, at: InstanceAddress): Promise<string> {
  const { product } = await client.info();
  return product === "incus" ? readConsole(client, at) : "";
}

const again = "The machine is left unchanged; the next `pulumi up` restarts it and types from the beginning.";
