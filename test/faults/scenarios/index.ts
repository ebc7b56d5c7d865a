// All scenarios, in the order in which they are listed.
import type { Place } from "../place";
import { image, isoVolume, named, volume } from "./content";
import { golden } from "./golden";
import { container, exec, machine, snapshot } from "./machines";
import { maps } from "./maps";
import type { Scenario } from "./scenario";

export type { Scenario, Verb } from "./scenario";

export const scenariosOf = (place: Place): Scenario[] => [
  isoVolume(place),
  named(place),
  image(place),
  container(place),
  snapshot(place),
  exec(place),
  volume(),
  ...maps(),
  // A real guest takes too long to boot to break each of its requests.
  ...(place.isSimulated ? [machine(place), golden(place)] : []),
];
