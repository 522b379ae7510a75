import { expect, test } from "vitest";
import { eastern, near, reached } from "./data";

test("a commune shows the strongest wind that has met it so far", () => {
  const commune = { name: "Cô Tô", rings: [], first: { 34: 2, 50: 4, 64: 5 } };
  expect([0, 2, 3, 4, 9].map((index) => reached(commune, index))).toEqual([0, 34, 34, 50, 64]);
});

test("a step over the antimeridian is a short one", () => {
  expect(eastern(-179.8) - eastern(179.9)).toBeCloseTo(0.3);
  expect(near(-179.8, 180.1)).toBeCloseTo(180.2);
  expect(near(107, 108)).toBe(107);
});
