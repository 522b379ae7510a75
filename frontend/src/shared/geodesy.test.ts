import { expect, test } from "vitest";
import { geodesic, gridArea, wayLength } from "./geodesy";
import { fromGrid } from "./grid";

test("distances agree with published geodesics to the millimetre", () => {
  // Flinders Peak to Buninyon, the worked example of Geoscience Australia (GRS 80 differs by less than 0.1 mm here).
  expect(geodesic([144.42486788888888, -37.95103341666667], [143.92649552777777, -37.65282113888889])).toBeCloseTo(54972.271, 2);
  // One degree of the equator, and of the meridian from it.
  expect(geodesic([107, 0], [108, 0])).toBeCloseTo(111319.491, 3);
  expect(geodesic([107, 0], [107, 1])).toBeCloseTo(110574.389, 3);
});

test("a distance is nothing at the same place and the same both ways", () => {
  expect(geodesic([107.08, 20.95], [107.08, 20.95])).toBe(0);
  expect(geodesic([107.08, 20.95], [108.2, 16.05])).toBeCloseTo(geodesic([108.2, 16.05], [107.08, 20.95]), 6);
});

test("a way is as long as its parts", () => {
  const way = [[107, 21], [107.1, 21], [107.1, 21.1]] as const;
  expect(wayLength(way)).toBeCloseTo(geodesic(way[0], way[1]) + geodesic(way[1], way[2]), 9);
  expect(wayLength([way[0]])).toBe(0);
});

test("a hectare of the legal grid is a hectare, whichever way round", () => {
  const corners = [fromGrid(430000, 2317000), fromGrid(430100, 2317000), fromGrid(430100, 2317100), fromGrid(430000, 2317100)];
  expect(gridArea(corners)).toBeCloseTo(10_000, 1);
  expect(gridArea([...corners].reverse())).toBeCloseTo(10_000, 1);
});

test("outside the use of the grid there is no plane area", () => {
  expect(gridArea([[107, 21], [120, 21], [120, 22]])).toBeNull();
});
