/** Where winds reach around a fix: four sectors, each as far as its quadrant's greatest extent. Pure. */
import { offset } from "ol/sphere";

/** Greatest extents in nautical miles in the order of `QUADRANTS`; null where nobody knows. */
export type Extents = readonly (number | null)[];

/** North-east, south-east, south-west, north-west. */
export const QUADRANTS = ["ne", "se", "sw", "nw"] as const;

const METRES = 1852;
/** Degrees between the corners of an arc: off by less than 0.04 % of its radius. */
const STEP = 3;

/** The outline of the four sectors around *place* (lon/lat), closed; a quadrant without wind is its centre alone. */
export function sectors(place: readonly [number, number], extents: Extents): [number, number][] {
  const corners = extents.flatMap((extent, quadrant) => (extent ? arc(place, extent * METRES, quadrant * 90) : [[...place] as [number, number]]));
  return [...corners, corners[0]!];
}

function arc(place: readonly [number, number], radius: number, from: number): [number, number][] {
  return Array.from({ length: 90 / STEP + 1 }, (_, step) => {
    const bearing = ((from + step * STEP) * Math.PI) / 180;
    return offset([...place], radius, bearing) as [number, number];
  });
}
