import { getDistance } from "ol/sphere";
import { expect, test } from "vitest";
import { course } from "./tracks";
import { sectors } from "./winds";

const HALONG = [107.1, 20.9] as const;

test("each sector reaches exactly as far as its quadrant", () => {
  const extents = [150, 145, 135, 155];
  const ring = sectors(HALONG, extents);
  expect(ring[0]).toEqual(ring.at(-1));
  const arcs = ring.slice(0, -1).map((corner) => ({ miles: getDistance([...HALONG], corner) / 1852, bearing: course(HALONG, corner) }));
  for (const [quadrant, extent] of extents.entries()) {
    const inside = arcs.filter(({ bearing }) => bearing > quadrant * 90 + 1 && bearing < quadrant * 90 + 89);
    expect(inside).toHaveLength(29);
    for (const { miles } of inside) expect(miles).toBeCloseTo(extent, 1);
  }
});

test("a quadrant without wind, or of which nobody knows, is cut out", () => {
  const ring = sectors(HALONG, [30, 0, null, 30]);
  expect(ring.filter(([, lat]) => lat < HALONG[1] - 0.01)).toEqual([]);
  expect(ring).toContainEqual([...HALONG]);
});
