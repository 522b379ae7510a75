import { expect, test } from "vitest";
import { fromGrid, toGrid } from "./grid";

test("the check point of the VN-2000 grid agrees with the other engines", () => {
  const [east, north] = toGrid(107.08, 20.95);
  expect(Math.abs(east - 430127.566)).toBeLessThan(0.0015);
  expect(Math.abs(north - 2317566.472)).toBeLessThan(0.0015);
  expect([east, north].map((value) => value.toFixed(4))).toEqual(["430127.5650", "2317566.4716"]); // as PROJ 9
});

test("a place survives the way to the grid and back", () => {
  const [lon, lat] = fromGrid(...toGrid(107.9, 21.5));
  expect(lon).toBeCloseTo(107.9, 7);
  expect(lat).toBeCloseTo(21.5, 7);
});
