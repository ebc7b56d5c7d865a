// Ends a process of ours that the engine has started when the engine has ended: one that was killed cannot say so.
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
