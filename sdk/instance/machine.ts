// The machine that a resource is about, as it is sent to the provider.
import type * as pulumi from "@pulumi/pulumi";
import { Instance } from "./instance";
import { lift } from "../resource/lift";

/** An instance of this program is known by its identity too, so that a new one of the same name is noticed. */
export function toMachine(instance: pulumi.Input<Instance | string>): pulumi.Inputs {
  return {
    instance: lift(instance, (known) => (Instance.isInstance(known) ? known.name : known)),
    __instance: lift(instance, (known) => (Instance.isInstance(known) ? known.__identity : undefined)),
  };
}
