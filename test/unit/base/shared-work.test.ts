// Limited maps and single flights: how many run at once, and what each caller gets.
import { describe, expect, test } from "vitest";
import { mapLimited, SingleFlight } from "../../../provider/base/concurrency";

describe("a limited map", () => {
  test("keeps the order of the items and the limit", async () => {
    let [running, most] = [0, 0];
    const results = await mapLimited([30, 5, 20, 1, 10], 2, async (ms, i) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, ms));
      running--;
      return `${i}:${ms}`;
    });
    expect(results).toEqual(["0:30", "1:5", "2:20", "3:1", "4:10"]);
    expect(most).toBe(2);
  });

  test("lets others in after one that fails", async () => {
    const done: number[] = [];
    const work = mapLimited([1, 2, 3], 1, (item) => {
      if (item === 1) return Promise.reject(new Error("first"));
      done.push(item);
      return Promise.resolve(item);
    });
    await expect(work).rejects.toThrow("first");
    await expect.poll(() => done).toEqual([2, 3]);
  });
});

describe("a single flight", () => {
  test("does work once for those who want it at the same time, and again afterwards", async () => {
    const flight = new SingleFlight<number>();
    let runs = 0;
    const work = () => Promise.resolve(++runs);
    expect(await Promise.all([flight.run("a", work), flight.run("a", work), flight.run("b", work)])).toEqual([1, 1, 2]);
    expect(await flight.run("a", work)).toBe(3);
  });

  test("fails for all of them, and is tried again by the next", async () => {
    const flight = new SingleFlight<number>();
    const both = [1, 2].map(() => flight.run("a", () => Promise.reject(new Error("no"))));
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await flight.run("a", () => Promise.resolve(5))).toBe(5);
  });
});
