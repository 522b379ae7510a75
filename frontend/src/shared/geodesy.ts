/** Distances on the ellipsoid and areas in the legal grid. */
import { toGrid } from "./grid";

export type LonLat = readonly [lon: number, lat: number];

/** Semi-major axis in metres and flattening of WGS 84. */
const A = 6_378_137;
const F = 1 / 298.257223563;
const B = A * (1 - F);
/** Where (degrees) the legal grid is of use: a scale within 5 in 10 000. */
const GRID_LON = [105.5, 110] as const;
const GRID_LAT = [19, 23] as const;

/** Metres along the geodesic from *one* to *other* (Vincenty 1975, to the millimetre); nearly opposite points apart. */
export function geodesic(one: LonLat, other: LonLat): number {
  const radians = Math.PI / 180;
  const L = (other[0] - one[0]) * radians;
  const [U1, U2] = [one, other].map(([, lat]) => Math.atan((1 - F) * Math.tan(lat * radians))) as [number, number];
  const [sin1, cos1, sin2, cos2] = [Math.sin(U1), Math.cos(U1), Math.sin(U2), Math.cos(U2)];
  let lambda = L;
  for (let turn = 0; turn < 100; turn++) {
    const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)];
    const sinS = Math.hypot(cos2 * sinL, cos1 * sin2 - sin1 * cos2 * cosL);
    if (sinS === 0) return 0;
    const cosS = sin1 * sin2 + cos1 * cos2 * cosL;
    const sigma = Math.atan2(sinS, cosS);
    const sinAlpha = (cos1 * cos2 * sinL) / sinS;
    const cosSqAlpha = 1 - sinAlpha ** 2;
    const cosM = cosSqAlpha === 0 ? 0 : cosS - (2 * sin1 * sin2) / cosSqAlpha;
    const C = (F / 16) * cosSqAlpha * (4 + F * (4 - 3 * cosSqAlpha));
    const before = lambda;
    lambda = L + (1 - C) * F * sinAlpha * (sigma + C * sinS * (cosM + C * cosS * (2 * cosM ** 2 - 1)));
    if (Math.abs(lambda - before) < 1e-12) return arc(cosSqAlpha, sigma, sinS, cosS, cosM);
  }
  return NaN;
}

function arc(cosSqAlpha: number, sigma: number, sinS: number, cosS: number, cosM: number): number {
  const u2 = (cosSqAlpha * (A ** 2 - B ** 2)) / B ** 2;
  const a = 1 + (u2 / 16384) * (4096 + u2 * (-768 + u2 * (320 - 175 * u2)));
  const b = (u2 / 1024) * (256 + u2 * (-128 + u2 * (74 - 47 * u2)));
  const inner = cosS * (2 * cosM ** 2 - 1) - (b / 6) * cosM * (4 * sinS ** 2 - 3) * (4 * cosM ** 2 - 3);
  return B * a * (sigma - b * sinS * (cosM + (b / 4) * inner));
}

/** Metres along a way of geodesics. */
export function wayLength(way: readonly LonLat[]): number {
  return way.slice(1).reduce((sum, place, index) => sum + geodesic(way[index]!, place), 0);
}

/** Plane area in the legal grid, in m², of a ring whose first place is not repeated; null outside the grid's use. */
export function gridArea(ring: readonly LonLat[]): number | null {
  if (!ring.every(([lon, lat]) => lon >= GRID_LON[0] && lon <= GRID_LON[1] && lat >= GRID_LAT[0] && lat <= GRID_LAT[1])) return null;
  const corners = ring.map(([lon, lat]) => toGrid(lon, lat));
  const [east0, north0] = corners[0] ?? [0, 0];
  let twice = 0;
  corners.forEach(([east, north], index) => {
    const [eastNext, northNext] = corners[(index + 1) % corners.length]!;
    twice += (east - east0) * (northNext - north0) - (eastNext - east0) * (north - north0);
  });
  return Math.abs(twice) / 2;
}
