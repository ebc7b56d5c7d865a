// Converts the `instance` argument of other resources to its form for the provider.
import type * as pulumi from "@pulumi/pulumi";
import { Instance } from "./instance";
import { lift } from "../resource/lift";

/** Passes the identity of an `Instance` of this program too, so that a new instance of the same name is detected. */
export function toMachine(instance: pulumi.Input<Instance | string>): pulumi.Inputs {
  return {
    instance: lift(instance, (known) => (Instance.isInstance(known) ? known.name : known)),
    __instance: lift(instance, (known) => (Instance.isInstance(known) ? known.__identity : undefined)),
  };
}
