import { expect, test } from "vitest";
import { isArchipelago, writtenAt } from "./places";

test("a name is written between its scales, ends included", () => {
  const limits = { min_scale: 1000, max_scale: 5000 };
  expect([999, 1000, 5000, 5001].map((scale) => writtenAt(limits, scale))).toEqual([false, true, true, false]);
});

test("without limits it is written at every scale", () => {
  expect([1, 1e9, Infinity].every((scale) => writtenAt({ min_scale: null, max_scale: null }, scale))).toBe(true);
});

test("archipelagos and their islands are told from other islands", () => {
  expect(["archipelago", "archipelago_island", "island", "sea"].map((kind) => isArchipelago({ kind }))).toEqual([true, true, false, false]);
});
