import { expect, test } from "vitest";
import { course, direction, followed, motion, nearestFix, Storms, together } from "./tracks";

const fix = (id: string, time: string, lon: number, lat: number, more: object = {}): GeoJSON.Feature<GeoJSON.Point> => ({
  type: "Feature",
  id,
  geometry: { type: "Point", coordinates: [lon, lat] },
  properties: { storm: "WP122024", name: "YAGI", vietnamese_number: 3, time, ...more },
});

const YAGI = [
  fix("3", "2024-09-07T06:00:00Z", 107.1, 20.9),
  fix("1", "2024-09-06T18:00:00Z", 109, 20.2),
  fix("2", "2024-09-07T00:00:00Z", 108.2, 20.5),
];

function yagi(): Storms {
  const storms = new Storms();
  storms.reset(YAGI);
  return storms;
}

test("fixes stand in the order of their time, however they came", () => {
  const [storm] = yagi().all();
  expect(storm!.fixes.map((one) => one.id)).toEqual(["1", "2", "3"]);
  expect([storm!.name, storm!.number, storm!.exercise]).toEqual(["YAGI", 3, false]);
});

test("a corrected fix replaces the one it corrects", () => {
  const storms = yagi();
  storms.put(fix("3", "2024-09-07T06:00:00Z", 107.2, 20.9));
  expect(storms.all()[0]!.fixes).toHaveLength(3);
  expect(storms.all()[0]!.fixes.at(-1)!.place[0]).toBe(107.2);
});

test("a removed storm leaves nothing, and takes no fix of the same number along", () => {
  const storms = yagi();
  storms.remove("2");
  expect(storms.all()[0]!.fixes).toHaveLength(3);
  storms.remove("WP122024");
  expect(storms.all()).toEqual([]);
});

test("the storm that was heard of last comes first", () => {
  const storms = yagi();
  storms.put(fix("9", "2024-10-01T00:00:00Z", 120, 18, { storm: "WP182024", name: "KRATHON", vietnamese_number: null }));
  expect(storms.all().map((storm) => storm.name)).toEqual(["KRATHON", "YAGI"]);
});

test("an exercise is followed first, and never drawn among what happened", () => {
  const storms = yagi();
  storms.put(fix("20", "2024-09-05T00:00:00Z", 115, 19, { storm: "drill", exercise: true }));
  const all = storms.all();
  expect(followed(all, null)!.id).toBe("drill");
  expect(followed(all, "WP122024")!.id).toBe("WP122024");
  expect(together(all, followed(all, null)!).map((storm) => storm.id)).toEqual(["drill"]);
});

test("storms of one time are drawn together, those of other years are not", () => {
  const storms = yagi();
  storms.put(fix("30", "2024-09-10T00:00:00Z", 120, 18, { storm: "BEBINCA" }));
  storms.put(fix("31", "2009-07-11T00:00:00Z", 110, 21, { storm: "SOUDELOR" }));
  const all = storms.all();
  expect(together(all, followed(all, "WP122024")!).map((storm) => storm.id)).toEqual(["WP122024", "BEBINCA"]);
});

test("Yagi came to Hạ Long at 20 km/h, moving west", () => {
  const [first, second, third] = yagi().all()[0]!.fixes;
  const moved = motion(second!, third!)!;
  expect(moved.kmh).toBeCloseTo(20.4, 0);
  expect(direction(moved.course)).toBe("w");
  expect(direction(motion(first!, second!)!.course)).toBe("w");
  expect(motion(third!, third!)).toBeNull();
});

test("courses count clockwise from north", () => {
  expect(course([107, 20], [107, 21])).toBeCloseTo(0, 6);
  expect(course([107, 0], [108, 0])).toBeCloseTo(90, 6);
  expect(direction(350)).toBe("n");
  expect(direction(226)).toBe("sw");
});

test("a storm that is over is remembered where it was nearest", () => {
  expect(nearestFix(yagi().all()[0]!, [107.05, 20.95])).toBe(2);
});
