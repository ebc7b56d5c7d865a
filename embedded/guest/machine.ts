// What a simulated guest can do to the machine that it runs in.

/** What a guest can do to the machine that it runs in. */
export interface Machine {
  /** Appends lines to the serial console. */
  print(...lines: string[]): void;
  /** The same for a line that goes on. */
  prompt(text: string): void;
  /** The installer has written the root disk. */
  install(from: string): void;
  /** Off for a moment and on again, as LXD shows a guest's reboot. */
  blip(off: boolean): void;
  powerOff(): void;
  /** Whether a client is connected to the console. */
  isWatched(): boolean;
  /** Resolves with the next key that is pressed on the console. */
  key(): Promise<string>;
}
