// The `Exec` resource: runs a command in an instance.
import * as pulumi from "@pulumi/pulumi";
import { type Instance } from "./instance/instance";
import { toMachine } from "./instance/machine";
import { hasType } from "./resource/identity";
import { type CommonArgs, LxdResource, requireArgs, typeOf } from "./resource/resource";
import { type KeyValues, type OptionalInput, type StringInput } from "./resource/inputs";
import { type Duration } from "./resource/units";
import { declared } from "./resource/outputs";

export interface ExecArgs extends CommonArgs {
  /**
   * The instance to run the command in: an `Instance` of this program, or the name of an existing one. It must be
   * running; in a virtual machine, the provider waits for the guest agent. Another instance, or the replacement of the
   * `Instance`, forces replacement: the command runs again in the new instance.
   */
  instance: pulumi.Input<Instance | string>;
  /**
   * The program and its arguments, run without a shell. For a shell script, use `["sh", "-c", "…"]`. Changing this runs
   * the command again.
   */
  command: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * A command to run when the resource is deleted, with the same environment, user, group and working directory.
   * Skipped if the instance no longer exists. Updated in place, without running anything.
   */
  onDelete?: OptionalInput<pulumi.Input<string>[]>;
  /**
   * Environment variables, added to those of the guest. Numbers and booleans are converted to strings. Changing this
   * runs the command again.
   */
  environment?: OptionalInput<KeyValues>;
  /** Numeric user ID in the guest. Default: 0 (root). Changing this runs the command again. */
  user?: OptionalInput<number>;
  /** Numeric group ID in the guest. Default: 0. Changing this runs the command again. */
  group?: OptionalInput<number>;
  /** Working directory in the guest. Default: the user's home directory. Changing this runs the command again. */
  cwd?: OptionalInput<string>;
  /**
   * How long the command may run before it is killed, and how long to wait for the guest agent, for example `"90m"`.
   * Default: `"5m"`. Updated in place, without running anything.
   */
  timeout?: StringInput<Duration | undefined>;
  /** Arbitrary values. When one of them changes, the command runs again. Default: none. */
  triggers?: OptionalInput<pulumi.Input<string | number | boolean>[]>;
}

/**
 * Runs a command in a guest when the resource is created, and again when `command`, `environment`, `user`, `group`,
 * `cwd` or `triggers` changes. Use `dependsOn` to order commands.
 *
 * A non-zero exit code is an error that includes the last lines of output; the next `pulumi up` runs the command again.
 * LXD and Incus kill a command when its client disconnects, so killing Pulumi also kills the command (its child
 * processes may survive), and the next `pulumi up` runs it from the beginning. Write commands so that they can be
 * interrupted and repeated.
 */
export class Exec extends LxdResource {
  /** @internal */
  static readonly __pulumiType = typeOf("Exec");

  declare readonly instance: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  /** The program and its arguments. */
  declare readonly command: pulumi.Output<string[]>;
  /** The command that runs when the resource is deleted. */
  declare readonly onDelete: pulumi.Output<string[] | undefined>;
  /** Environment variables of the command. */
  declare readonly environment: pulumi.Output<Record<string, string> | undefined>;
  /** Numeric user ID in the guest. */
  declare readonly user: pulumi.Output<number | undefined>;
  /** Numeric group ID in the guest. */
  declare readonly group: pulumi.Output<number | undefined>;
  /** Working directory in the guest. */
  declare readonly cwd: pulumi.Output<string | undefined>;
  /** How long the command may run. */
  declare readonly timeout: pulumi.Output<string | undefined>;
  /** The values whose change runs the command again. */
  declare readonly triggers: pulumi.Output<(string | number | boolean)[] | undefined>;
  /**
   * The last 64 KiB that the last run wrote to standard output. A secret if `command`, `onDelete` or `environment`
   * contains a secret.
   */
  declare readonly stdout: pulumi.Output<string>;
  /** The last 64 KiB that the last run wrote to standard error. A secret under the same condition as `stdout`. */
  declare readonly stderr: pulumi.Output<string>;
  /** The exit code of the last run: 0. */
  declare readonly exitCode: pulumi.Output<number>;

  /** Returns true if the value is an `Exec`, even if another copy of this package created it. */
  static override isInstance(value: unknown): value is Exec {
    return hasType(value, Exec.__pulumiType);
  }

  constructor(name: string, args: ExecArgs, opts?: pulumi.CustomResourceOptions) {
    args = requireArgs("Exec", name, args);
    const { instance, ...rest } = args;
    const output = secrecyOf(args);
    const names = ["project", "command", "onDelete", "environment", "user", "group", "cwd", "timeout", "triggers"];
    const inputs = {
      ...declared(...names),
      ...rest,
      ...toMachine(instance),
      stdout: output,
      stderr: output,
      exitCode: undefined,
    };
    super("Exec", name, inputs, opts);
  }
}

/**
 * Returns an empty string that is secret if the command contains a secret. The engine marks an output as secret only if
 * the input of the same name is one. In a preview the empty string would be displayed as the command's output.
 */
function secrecyOf({ command, onDelete, environment }: ExecArgs): pulumi.Output<string> | undefined {
  if (pulumi.runtime.isDryRun()) return undefined;
  return pulumi.output({ command, onDelete, environment }).apply(() => "");
}
