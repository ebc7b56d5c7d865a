// The schema version of stored state, and the upgrade of older states.
import { type Props, withoutNulls } from "../kind/props";
import { LxdError } from "../base/errors";
import { type ServerInputs, type StateUpgrades } from "../kind/kind";

/** Increased when stored state changes in a way that older states do not have. */
export const schemaVersion = 1;

/**
 * Returns a state as the present release writes it, without what it marks as absent. Pure: it asks no server and stores
 * nothing.
 */
export function upgradeState<Inputs extends ServerInputs, Outputs extends Inputs>(
  kind: StateUpgrades<Inputs, Outputs>,
  stored: Props,
): Props {
  const state = withoutNulls(stored);
  const version = Number(state["__schema"] ?? 0);
  if (version > schemaVersion) {
    throw new LxdError({
      code: "unsupported",
      why: `the state of this ${kind.kindName} was written by a newer release of pulumi-lxd (state schema ${version})`,
      advice: "Install that release, or a newer one, in this project: npm install pulumi-lxd@latest",
    });
  }
  const upgrades = (kind.upgrades ?? []).slice(version);
  const now = upgrades.reduce((older, upgrade) => upgrade(older), state);
  if (version > 0) return now;
  return { ...now, __identity: kind.identityOfState?.(now as unknown as Outputs) };
}
