// The machine that a resource is about, as it is sent to the provider.
import type * as pulumi from "@pulumi/pulumi";
import { Instance } from "./instance";

/** An instance of this program is known by when it was made too, so that a new one of the same name is noticed. */
export function toMachine(instance: Instance | pulumi.Input<string>): pulumi.Inputs {
  return instance instanceof Instance
    ? { instance: instance.name, __instance: instance.__identity }
    : { instance, __instance: undefined };
}
