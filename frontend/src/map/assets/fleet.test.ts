import { expect, test } from "vitest";
import { Fleet, stale, STALE_SECONDS } from "./fleet";

const boat = (time: string, lon: number, more: object = {}): GeoJSON.Feature<GeoJSON.Point> => ({
  type: "Feature",
  id: "CN-01",
  geometry: { type: "Point", coordinates: [lon, 20.9] },
  properties: { code: "CN-01", kind: "boat", status: "ready", positioned_at: time, ...more },
});

test("an asset moves and remembers where it was", () => {
  const fleet = new Fleet();
  fleet.reset([boat("2024-09-07T06:00:00Z", 107.0)]);
  fleet.put("CN-01", boat("2024-09-07T06:01:00Z", 107.1));
  const [asset] = fleet.all();
  expect(asset!.place).toEqual([107.1, 20.9]);
  expect(asset!.trail).toEqual([[107.0, 20.9]]);
});

test("a late report never moves the marker back", () => {
  const fleet = new Fleet();
  fleet.reset([boat("2024-09-07T06:05:00Z", 107.1)]);
  fleet.put("CN-01", boat("2024-09-07T06:01:00Z", 107.0));
  expect(fleet.all()[0]!.place).toEqual([107.1, 20.9]);
});

test("news of a status keeps the place", () => {
  const fleet = new Fleet();
  fleet.reset([boat("2024-09-07T06:05:00Z", 107.1)]);
  fleet.put("CN-01", { type: "Feature", geometry: null, properties: { status: "underway" } });
  expect(fleet.all()[0]).toMatchObject({ place: [107.1, 20.9], properties: { status: "underway", kind: "boat" } });
});

test("a new snapshot forgets assets that are gone, and keeps the trails of the others", () => {
  const fleet = new Fleet();
  fleet.reset([boat("2024-09-07T06:00:00Z", 107.0), { ...boat("2024-09-07T06:00:00Z", 108), id: "CN-02" }]);
  fleet.put("CN-01", boat("2024-09-07T06:01:00Z", 107.1));
  fleet.reset([boat("2024-09-07T06:02:00Z", 107.2)]);
  expect(fleet.all().map((asset) => asset.key)).toEqual(["CN-01"]);
  expect(fleet.all()[0]!.trail).toEqual([[107.0, 20.9]]);
});

test("a place is stale when nobody confirmed it for long, or ever", () => {
  const fleet = new Fleet();
  const asset = fleet.put("CN-01", boat("2024-09-07T06:00:00Z", 107.0))!;
  const heard = Date.parse("2024-09-07T06:00:00Z");
  expect(stale(asset, new Date(heard + STALE_SECONDS * 1000))).toBe(false);
  expect(stale(asset, new Date(heard + STALE_SECONDS * 1000 + 1))).toBe(true);
  expect(stale({ ...asset, properties: {} }, new Date(heard))).toBe(true);
});
