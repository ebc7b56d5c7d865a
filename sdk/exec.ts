// Commands in guests.
import * as pulumi from "@pulumi/pulumi";
import { type Instance } from "./instance/instance";
import { type Scalar } from "./instance/instance-devices";
import { toMachine } from "./instance/machine";
import { hasType } from "./resource/identity";
import { type CommonArgs, LxdResource, typeOf } from "./resource/resource";

export interface ExecArgs extends CommonArgs {
  /**
   * The machine: an `Instance` of this program, or the name of one. With an `Instance` the command also runs again when
   * the machine is replaced. It must be running; the agent of a virtual machine is waited for.
   */
  instance: pulumi.Input<Instance | string>;
  /** The program and its arguments; no shell reads them. For a shell's script: `["sh", "-c", "…"]`. */
  command: pulumi.Input<pulumi.Input<string>[]>;
  /** Run when the resource is deleted, with the same environment, user and folder. Not where the machine is gone. */
  onDelete?: pulumi.Input<pulumi.Input<string>[]>;
  /** Added to what the guest has. Numbers and booleans are spelled out. */
  environment?: pulumi.Input<Record<string, Scalar>>;
  /** Numeric user in the guest. Default: 0, root. */
  user?: pulumi.Input<number>;
  /** Numeric group. Default: 0. */
  group?: pulumi.Input<number>;
  /** The folder that it runs in. Default: the user's home. */
  cwd?: pulumi.Input<string>;
  /** How long it may take, and how long the agent is waited for, before it is killed, e.g. `"90m"`. Default: `"5m"`. */
  timeout?: pulumi.Input<string>;
  /** Any values: when one of them changes, the command runs again. */
  triggers?: pulumi.Input<Scalar[]>;
}

/**
 * A command that runs in a guest: once when the resource is made, and again when `command`, `environment`, `user`,
 * `group`, `cwd` or one of `triggers` changes. Commands run in the order of their dependencies (`dependsOn`).
 *
 * It must end with 0: anything else is an error with its last lines, and the next `pulumi up` runs it again. The servers
 * kill a command whose client is gone, so when Pulumi is killed, so is the command, wherever it is at that moment (its
 * own children may live on), and the next `pulumi up` runs it from the beginning. Write commands that can bear that.
 */
export class Exec extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("Exec");

  declare readonly instance: pulumi.Output<string>;
  /** What the last run wrote: its last 64 KiB. Secret if anything is that the command was told. */
  declare readonly stdout: pulumi.Output<string>;
  declare readonly stderr: pulumi.Output<string>;
  /** That of the last run: 0. */
  declare readonly exitCode: pulumi.Output<number>;

  /** Whether a value is one, also where another copy of the package has made it. */
  static override isInstance(value: unknown): value is Exec {
    return hasType(value, Exec.__pulumiType);
  }

  constructor(name: string, args: ExecArgs, opts?: pulumi.CustomResourceOptions) {
    const { instance, ...rest } = args;
    const output = secrecyOf(args);
    const inputs = { ...rest, ...toMachine(instance), stdout: output, stderr: output, exitCode: undefined };
    super("Exec", name, { project: undefined, ...inputs }, opts);
  }
}

/**
 * An empty text that is secret if anything is that the command is told. The engine makes an output secret when the input
 * of the same name is; there is no other way to tell it. In a preview it would be taken for the command's own words.
 */
function secrecyOf({ command, onDelete, environment }: ExecArgs): pulumi.Output<string> | undefined {
  if (pulumi.runtime.isDryRun()) return undefined;
  return pulumi.output({ command, onDelete, environment }).apply(() => "");
}
