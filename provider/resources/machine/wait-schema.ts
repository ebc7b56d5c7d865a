// Schema of the waits that follow an instance's start.
import * as z from "zod";
import { duration, name, strict } from "../../kind/schema";
import { describeValue, didYouMean } from "../../kind/zod-messages";
import { isExpression } from "./guest/boot-command";

/** A condition to wait for, with its own timeout. */
export type Wait = { timeout: string } & (
  | { condition: "powered-off"; stableFor: string }
  | { condition: "agent" | "cloud-init" }
  | { condition: "ipv4" | "ipv6"; interface?: string | undefined }
  | { condition: "console"; pattern: string }
  | { condition: "exec"; command: string[] }
  | { condition: "port"; port: number; interface?: string | undefined }
);
const timeout = { timeout: duration.optional() };
const onInterface = { interface: name.optional() };
const pattern = z.string().refine(isExpression, { error: "is not a valid JavaScript regular expression" });
const waits = [
  strict({ condition: z.literal("powered-off"), ...timeout, stableFor: duration.optional() }),
  strict({ condition: z.literal("agent"), ...timeout }),
  strict({ condition: z.literal("cloud-init"), ...timeout }),
  strict({ condition: z.literal("ipv4"), ...timeout, ...onInterface }),
  strict({ condition: z.literal("ipv6"), ...timeout, ...onInterface }),
  strict({ condition: z.literal("console"), ...timeout, pattern }),
  strict({ condition: z.literal("exec"), ...timeout, command: z.array(z.string()).min(1) }),
  strict({ condition: z.literal("port"), ...timeout, ...onInterface, port: z.int().min(1).max(65535) }),
] as const;
const conditions = waits.map((each) => each.shape.condition.value);

export const wait = z.discriminatedUnion("condition", waits, {
  error: (issue) => {
    const { condition } = (issue.input ?? {}) as { condition?: unknown };
    const found =
      condition === undefined ? "" : `, but is ${describeValue(condition)}${didYouMean(condition, conditions)}`;
    return `must be one of ${conditions.join(", ")}${found}`;
  },
});
