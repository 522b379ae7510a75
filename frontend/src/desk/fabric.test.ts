import { describe, expect, it } from "vitest";
import { Fabric, inside, type Place } from "./fabric";

const SQUARE = { version: 1, commune: "06685", sheet: 1, land_use: "ODT", legal_area_m2: "400", area_m2: 400, valid_from: "2025-07-01", editable: true };
const fabric = new Fabric({
  points: { "1": [0, 0], "2": [20, 0], "3": [40, 0], "4": [40, 20], "5": [20, 20], "6": [0, 20] },
  parcels: [
    { ...SQUARE, identifier: "900000000001", number: 1, rings: [[1, 2, 5, 6]] },
    { ...SQUARE, identifier: "900000000002", number: 2, rings: [[2, 3, 4, 5]] },
  ],
});

describe("a pointer near the fabric", () => {
  it("takes a boundary point before a side", () => {
    expect(fabric.snap([20.3, 0.2], 0.5)).toEqual({ place: [20, 0], vertex: { point: 2 }, kind: "point" });
  });

  it("takes a side at a distance from its start that is never beyond its end", () => {
    expect(fabric.snap([7.1234567, 0.3], 0.5)).toEqual({ place: [7.123, 0], vertex: { side: [1, 2], at: 7.123 }, kind: "side" });
    expect(fabric.foot([99, 0], [1, 2]).at).toBe(20);
  });

  it("is on the grid of a millimetre elsewhere", () => {
    expect(fabric.snap([5.00049, 5.0006], 0.5).vertex).toEqual([5, 5.001]);
  });
});

it("resolves what it snapped to", () => {
  for (const place of [[20, 0], [7.12, 0.1], [5, 5]] as Place[]) {
    const snap = fabric.snap(place, 0.5);
    expect(fabric.resolve(snap.vertex)).toEqual(snap.place);
  }
  expect(fabric.resolve({ point: 99 })).toBeUndefined();
});

it("knows the parcel around a place, and none in a hole or outside", () => {
  expect(fabric.at([30, 10])?.number).toBe(2);
  expect(fabric.at([50, 10])).toBeUndefined();
  const ring = (least: number, most: number): Place[] => [[least, least], [most, least], [most, most], [least, most], [least, least]];
  expect(inside([5, 5], [ring(0, 10), ring(4, 6)])).toBe(false);
  expect(inside([2, 2], [ring(0, 10), ring(4, 6)])).toBe(true);
});
