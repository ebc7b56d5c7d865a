// The interface of a simulated guest to its machine.

/** The interface of a simulated guest to its machine. */
export interface Machine {
  /** Appends lines to the serial console. */
  print(...lines: string[]): void;
  /** Appends text without a line end. */
  prompt(text: string): void;
  /** Called when the installer has written the root disk. */
  install(from: string): void;
  /** Briefly off and on again, as LXD shows a guest's reboot. */
  blip(off: boolean): void;
  powerOff(): void;
  /** Whether a client is connected to the console. */
  isWatched(): boolean;
  /** Resolves with the next key pressed on the console. */
  key(): Promise<string>;
}
