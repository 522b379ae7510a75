import { expect, test } from "vitest";
import { readAddress, sameSelection, writeAddress } from "./address";

test("an address holds place, layers and the chosen feature", () => {
  const address = {
    place: { zoom: 12.5, lat: 20.95, lon: 107.08 },
    layers: ["communes", "parcels"],
    at: { layer: "mining_concessions", key: "MH-01/GP-minh họa" },
  };
  const written = writeAddress(address);
  expect(written).toBe("#12.5/20.95000/107.08000&layers=communes,parcels&at=mining_concessions/MH-01%2FGP-minh%20h%E1%BB%8Da");
  expect(readAddress(written)).toEqual(address);
});

test("each part may be missing", () => {
  expect(readAddress("#at=communes/06673")).toEqual({ place: null, layers: null, at: { layer: "communes", key: "06673" } });
  expect(readAddress("#9/21/107")).toEqual({ place: { zoom: 9, lat: 21, lon: 107 }, layers: null, at: null });
  expect(readAddress("")).toEqual({ place: null, layers: null, at: null });
  expect(readAddress("#layers=")).toEqual({ place: null, layers: [], at: null });
});

test("what cannot be read counts as missing", () => {
  const nothing = { place: null, layers: null, at: null };
  for (const hash of ["#panel", "#x/y/z", "#at=", "#at=communes/%E0%A4%A", "#at=../../x", "#12/20"]) expect(readAddress(hash)).toEqual(nothing);
});

test("selections are compared by layer and key", () => {
  expect(sameSelection(null, null)).toBe(true);
  expect(sameSelection({ layer: "a", key: "1" }, { layer: "a", key: "1" })).toBe(true);
  expect(sameSelection({ layer: "a", key: "1" }, { layer: "b", key: "1" })).toBe(false);
  expect(sameSelection(null, { layer: "a", key: "1" })).toBe(false);
});
