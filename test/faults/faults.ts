// What can go wrong with one request: on its way, in its answer, or in those who talk.
import { setTimeout as sleep } from "node:timers/promises";

import type { Exchange, Reply } from "./exchange";
import type { Seen } from "./proxy";
import type { Random } from "./random";

/** Those who can die meanwhile. */
export interface World {
  random: Random;
  /** SIGKILL of the provider's process. */
  killProvider(): void;
  /** SIGKILL of the engine: its process of the provider notices, and what that does then comes into no state. */
  killEngine(): void;
  /** Ctrl-C. */
  cancel(): void;
  /** SIGKILL of the daemon, which is started again soon. */
  killDaemon(): Promise<void>;
}

export interface Fault {
  name: string;
  /** Requests that it makes sense for; default: all. */
  suits?: (request: Seen) => boolean;
  strike: (exchange: Exchange, world: World) => Promise<void>;
  /** Whether it kills before the engine could write down what has happened: then only another `up` can know. */
  losesState?: boolean;
  /** How long the daemon's copies take meanwhile. */
  copyMs?: number;
}

const stallMs = 100;
/** Long enough to be killed in the middle. */
const slowCopyMs = 300;
/** Long enough to go on when the next run begins. */
const laterMs = 60;

const refusal = (status: number, error: string): Reply => ({
  status,
  headers: { "content-type": "application/json" },
  body: Buffer.from(JSON.stringify({ type: "error", error, error_code: status, metadata: null })),
});

/** Of something between client and daemon, which knows nothing of envelopes. */
const page = (status: number, text: string): Reply => ({
  status,
  headers: { "content-type": "text/html" },
  body: Buffer.from(`<html><body>${text}</body></html>`),
});

const hasBody = ({ bodyBytes, isUpgrade }: Seen): boolean => bodyBytes > 4096 || isUpgrade;
const hasAnswer = ({ isUpgrade }: Seen): boolean => !isUpgrade;

function now(action: () => void): Promise<void> {
  action();
  return Promise.resolve();
}

/** Answers without asking the daemon. */
const instead = (name: string, reply: Reply): Fault => ({
  name,
  strike: (exchange) => now(() => exchange.answer(reply)),
});

/** Lets the daemon do it, and changes the answer. */
const after = (name: string, change: (exchange: Exchange, reply: Reply, world: World) => void): Fault => ({
  name,
  strike: async (exchange, world) => change(exchange, await exchange.forward(), world),
});

function offSchema({ body }: Reply): Buffer {
  const { type } = JSON.parse(body.toString()) as { type: string };
  return Buffer.from(JSON.stringify({ type, metadata: { name: 7, config: [], status_code: "x" }, operation: 5 }));
}

const connections: Fault[] = [
  { name: "cut-before", strike: (exchange) => now(() => exchange.cut()) },
  after("cut-after", (exchange) => exchange.cut()),
  { name: "cut-body", suits: hasBody, strike: (exchange) => exchange.cutBody() },
  after("truncate", (exchange, reply) => exchange.answer(reply, Math.floor(reply.body.length / 2))),
  {
    name: "stall-before",
    strike: async (exchange) => {
      await sleep(stallMs);
      exchange.cut();
    },
  },
  {
    name: "stall-after",
    strike: async (exchange) => {
      await exchange.forward();
      await sleep(stallMs);
      exchange.cut();
    },
  },
];

const answers: Fault[] = [
  after("garble", (exchange, reply, { random }) =>
    exchange.answer({ ...reply, body: random.bytes(reply.body.length) }),
  ),
  {
    ...after("off-schema", (exchange, reply) => exchange.answer({ ...reply, body: offSchema(reply) })),
    suits: hasAnswer,
  },
  instead("403", refusal(403, "not authorized")),
  instead("429", page(429, "Too Many Requests")),
  instead("500", refusal(500, "database is locked")),
  instead("503", refusal(503, "Daemon is starting up")),
  instead("wrong-404", page(404, "404 page not found")),
  after("500-after", (exchange) => exchange.answer(refusal(500, "context deadline exceeded"))),
  after("502-after", (exchange) => exchange.answer(page(502, "Bad Gateway"))),
];

const deaths: Fault[] = [
  {
    name: "kill-provider-before",
    losesState: true,
    copyMs: laterMs,
    strike: (_, world) => now(() => world.killProvider()),
  },
  {
    name: "kill-provider-during",
    losesState: true,
    copyMs: laterMs,
    strike: (exchange, world) => {
      void exchange.forward().catch(() => undefined);
      // Once the daemon has it.
      return sleep(2).then(() => world.killProvider());
    },
  },
  { ...after("kill-provider-after", (_, __, world) => world.killProvider()), losesState: true, copyMs: laterMs },
  {
    name: "kill-engine",
    losesState: true,
    copyMs: laterMs,
    strike: (exchange, world) => {
      world.killEngine();
      return exchange.pass();
    },
  },
  {
    name: "cancel-before",
    copyMs: laterMs,
    strike: (exchange, world) => {
      world.cancel();
      return exchange.pass();
    },
  },
  {
    ...after("cancel-after", (exchange, reply, world) => {
      world.cancel();
      exchange.answer(reply);
    }),
    copyMs: laterMs,
  },
  { name: "kill-daemon-before", copyMs: slowCopyMs, strike: (_, world) => world.killDaemon() },
  {
    name: "kill-daemon-during",
    copyMs: slowCopyMs,
    strike: async (exchange, world) => {
      void exchange.forward().catch(() => undefined);
      await sleep(5);
      await world.killDaemon();
    },
  },
  {
    name: "kill-daemon-after",
    copyMs: slowCopyMs,
    strike: async (exchange, world) => {
      const ended = exchange.forward().then((reply) => exchange.answer(reply));
      // A wait for a copy has no answer before that is done.
      await Promise.race([ended, sleep(20)]);
      await sleep(2);
      await world.killDaemon();
    },
  },
];

export const faults: readonly Fault[] = [...connections, ...answers, ...deaths];
