// Ends a process started by the engine once the engine has ended, since a killed engine cannot notify it.
"use strict";

const lookMs = 250;

/** `before` is called before the process exits. */
exports.endWithEngine = (before = () => undefined) => {
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid === engine) return;
    before();
    process.exit(1);
  }, lookMs).unref();
};
