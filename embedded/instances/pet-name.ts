// Generates a name for an instance created without one.
import { randomInt } from "node:crypto";

const ADJECTIVES = [
  "brave",
  "calm",
  "eager",
  "gentle",
  "keen",
  "lucky",
  "mild",
  "proud",
  "quick",
  "sunny",
  "tidy",
  "wise",
];
const ANIMALS = [
  "badger",
  "crane",
  "dingo",
  "finch",
  "heron",
  "ibex",
  "lynx",
  "mole",
  "otter",
  "panda",
  "raven",
  "stoat",
];

const pick = (words: readonly string[]): string => words[randomInt(words.length)] ?? "";

export function petName(): string {
  return `${pick(ADJECTIVES)}-${pick(ANIMALS)}`;
}
