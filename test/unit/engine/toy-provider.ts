// The toy as Pulumi's dynamic-provider server meets it: a provider, and the bags that it is given.
import { Dispatch } from "../../../provider/engine/dispatch";
import { resetRunRegistry } from "../../../provider/engine/run-registry";
import { LxdError } from "../../../provider/base/errors";
import { toy, type ToyInputs, type ToyKind, type ToyOutputs } from "./toy";

export const urn = "urn:pulumi:s::p::pulumi-nodejs:dynamic/lxd:Toy::a";
export const internal = { __urn: urn, __provider: "text", __at: "/nowhere" };
export const inputs = { name: "a", size: "10", project: "default", ...internal };
export const state = { ...inputs, made: 1, __schema: 1, __identity: "a" };

export async function provider(
  changes: Partial<ToyKind> = {},
  config: Record<string, string> = { "lxd:socket": "/nowhere" },
): Promise<Dispatch<ToyInputs, ToyOutputs>> {
  resetRunRegistry();
  const dispatch = new Dispatch(toy(changes));
  await dispatch.configure({ config: { get: (key) => config[key], rawConfig: config } });
  return dispatch;
}

export const broken = new LxdError({ code: "failed", doing: "do it", why: "it broke", advice: "Mend it." });
