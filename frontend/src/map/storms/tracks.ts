/** Storms as the live feed tells them: fixes in the order of time, and what follows from two of them. Pure. */
import { getDistance } from "ol/sphere";
import { QUADRANTS, type Extents } from "./winds";

/** How far winds of a threshold reach around a fix. */
export interface Radius {
  /** Knots. */
  readonly threshold: number;
  readonly extents: Extents;
}

/** One position of a storm. Wind in knots, with the minutes it was averaged over. */
export interface Fix {
  readonly id: string;
  readonly storm: string;
  readonly time: Date;
  readonly place: readonly [lon: number, lat: number];
  /** Code of its Vietnamese class, empty where it cannot be told. */
  readonly windClass: string;
  /** Vietnamese wind level (cấp), null where it cannot be told. */
  readonly level: number | null;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly radii: readonly Radius[];
}

export interface Storm {
  readonly id: string;
  readonly name: string;
  readonly season: number | null;
  /** The number that the Vietnamese service gave it, if any. */
  readonly number: number | null;
  readonly exercise: boolean;
  /** Oldest first; never empty. */
  readonly fixes: readonly Fix[];
}

export interface Motion {
  readonly kmh: number;
  /** Degrees clockwise from north. */
  readonly course: number;
}

/** Slower than this is called standing still. */
export const STILL_KMH = 3;

type FixFeature = GeoJSON.Feature<GeoJSON.Point>;

/** All storms of the feed. */
export class Storms {
  private readonly fixes = new Map<string, Fix>();

  /** Forget everything and take a snapshot's features. */
  reset(features: readonly FixFeature[]): void {
    this.fixes.clear();
    for (const feature of features) this.put(feature);
  }

  /** Take one fix, new or corrected. */
  put(feature: FixFeature): void {
    const fix = fixOf(feature);
    this.fixes.set(fix.id, fix);
  }

  /** Take away a storm with all its fixes. */
  remove(storm: string): void {
    for (const fix of [...this.fixes.values()]) if (fix.storm === storm) this.fixes.delete(fix.id);
  }

  /** The storms, the one that was heard of last first. */
  all(): Storm[] {
    const groups = new Map<string, Fix[]>();
    for (const fix of this.fixes.values()) groups.set(fix.storm, [...(groups.get(fix.storm) ?? []), fix]);
    return [...groups.entries()]
      .map(([id, fixes]) => stormOf(id, fixes.sort((a, b) => a.time.getTime() - b.time.getTime())))
      .sort((a, b) => lastTime(b) - lastTime(a));
  }
}

/** Storms whose last fixes lie further apart were not there together. */
const TOGETHER_MS = 10 * 24 * 3_600_000;

/** The storm to follow: the one *wanted* if it is there, else an exercise, else the one heard of last. */
export function followed(storms: readonly Storm[], wanted: string | null): Storm | undefined {
  return storms.find((storm) => storm.id === wanted) ?? storms.find((storm) => storm.exercise) ?? storms[0];
}

/** *storm* and those that were there at its time; an exercise is never mixed with what happened. */
export function together(storms: readonly Storm[], storm: Storm): Storm[] {
  const near = (other: Storm): boolean =>
    other.exercise === storm.exercise && Math.abs(lastTime(other) - lastTime(storm)) < TOGETHER_MS;
  return [storm, ...storms.filter((other) => other !== storm && near(other))];
}

function lastTime(storm: Storm): number {
  return storm.fixes.at(-1)!.time.getTime();
}

/** Speed and course between two fixes; null where they lie at one moment. */
export function motion(from: Fix, to: Fix): Motion | null {
  const hours = (to.time.getTime() - from.time.getTime()) / 3_600_000;
  if (hours <= 0) return null;
  return { kmh: getDistance([...from.place], [...to.place]) / 1000 / hours, course: course(from.place, to.place) };
}

/** Initial great-circle course in degrees. */
export function course(from: readonly [number, number], to: readonly [number, number]): number {
  const rad = Math.PI / 180;
  const [lon1, lat1, lon2, lat2] = [from[0] * rad, from[1] * rad, to[0] * rad, to[1] * rad];
  const y = Math.sin(lon2 - lon1) * Math.cos(lat2);
  const x = Math.cos(lat1) * Math.sin(lat2) - Math.sin(lat1) * Math.cos(lat2) * Math.cos(lon2 - lon1);
  return ((Math.atan2(y, x) / rad) + 360) % 360;
}

const DIRECTIONS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"] as const;

/** The nearest of eight directions: "nw". */
export function direction(degrees: number): (typeof DIRECTIONS)[number] {
  return DIRECTIONS[Math.round(degrees / 45) % 8]!;
}

/** The fix nearest to a place; for a storm that is over, where it mattered most. */
export function nearestFix(storm: Storm, place: readonly [number, number]): number {
  const far = storm.fixes.map((fix) => getDistance([...fix.place], [...place]));
  return far.indexOf(Math.min(...far));
}

function fixOf(feature: FixFeature): Fix {
  const properties = (feature.properties ?? {}) as Record<string, unknown>;
  const radii = (properties.radii ?? []) as Record<string, number | null>[];
  const [lon, lat] = feature.geometry.coordinates as [number, number];
  return {
    id: String(feature.id ?? properties.id),
    storm: String(properties.storm),
    time: new Date(String(properties.time)),
    place: [lon, lat],
    windClass: (properties.class as string | null | undefined) ?? "",
    level: typeof properties.beaufort === "number" ? properties.beaufort : null,
    properties,
    radii: radii.map((one) => ({ threshold: one.threshold_kt!, extents: QUADRANTS.map((quadrant) => one[`${quadrant}_nm`] ?? null) })),
  };
}

function stormOf(id: string, fixes: Fix[]): Storm {
  const newest = fixes.at(-1)!.properties;
  const number = newest.vietnamese_number;
  return {
    id,
    name: (newest.name as string | undefined) ?? "",
    season: typeof newest.season === "number" ? newest.season : null,
    number: typeof number === "number" ? number : null,
    exercise: newest.exercise === true,
    fixes,
  };
}
