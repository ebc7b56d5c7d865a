import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/longest-first.mjs";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/global-setup.ts",
    reporters: ["default", "./test/reporter.mts"],
    // Much of the time goes by in waiting for machines to boot and programs to start, so more files run at a time than a
    // small machine has cores. They share the real daemons, where each names what it makes with a prefix of its own.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
