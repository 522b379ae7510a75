/**
 * The land around the Eastern Sea as one multipolygon, made at build time from Natural Earth
 * (public domain, npm package `world-atlas`), so that no map server is needed for context.
 *
 * Only the physical coast: no borders, no names.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import type { MultiPolygon, Position } from "geojson";
import type { Plugin } from "vite";

/** West, south, east, north in degrees. */
export type Box = readonly [number, number, number, number];

/** Where a storm of this coast may come from. */
const REGION: Box = [96, 0, 142, 34];
/** Where the coast is kept in full detail. */
const DETAIL: Box = [104, 16, 113, 24];
/** Degrees; corners that move the coast outside the detailed part by less than this are dropped. */
const TOLERANCE = 0.03;
/** Degrees across; smaller islands outside the detailed part are dropped. */
const SMALLEST = 0.1;

const MODULE = "virtual:coast";

/** Lets the pages import the coast as `virtual:coast`: rings of [lon, lat], rounded to 11 m in the detailed part. */
export function coast(): Plugin {
  return {
    name: "halong-coast",
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load: (id) => (id === `\0${MODULE}` ? `export default JSON.parse(${JSON.stringify(JSON.stringify(land()))})` : undefined),
  };
}

function land(): Position[][][] {
  const path = createRequire(import.meta.url).resolve("world-atlas/land-10m.json");
  const topology = JSON.parse(readFileSync(path, "utf8")) as Topology<{ land: GeometryCollection }>;
  const shapes = feature(topology, topology.objects.land).features.map((one) => one.geometry as MultiPolygon);
  return shapes
    .flatMap((shape) => shape.coordinates)
    .map((polygon) => polygon.map((ring) => generalised(clipped(ring, REGION))).filter((ring) => ring.length > 3))
    .filter((polygon) => polygon.length > 0);
}

/** The part of a closed ring inside *box* (Sutherland–Hodgman); closed, or empty. */
export function clipped(ring: Position[], box: Box): Position[] {
  const [west, south, east, north] = box;
  const edges: [inside: (p: Position) => boolean, axis: 0 | 1, at: number][] = [
    [(p) => p[0]! >= west, 0, west],
    [(p) => p[0]! <= east, 0, east],
    [(p) => p[1]! >= south, 1, south],
    [(p) => p[1]! <= north, 1, north],
  ];
  let points = ring.slice(0, -1);
  for (const [inside, axis, at] of edges) {
    const kept: Position[] = [];
    points.forEach((point, index) => {
      const before = points.at(index - 1)!;
      if (inside(point) !== inside(before)) kept.push(crossing(before, point, axis, at));
      if (inside(point)) kept.push(point);
    });
    points = kept;
  }
  return points.length > 2 ? [...points, points[0]!] : [];
}

function crossing(from: Position, to: Position, axis: 0 | 1, at: number): Position {
  const share = (at - from[axis]!) / (to[axis]! - from[axis]!);
  const other = axis === 0 ? 1 : 0;
  const value = from[other]! + share * (to[other]! - from[other]!);
  return axis === 0 ? [at, value] : [value, at];
}

/** Fewer and rounder corners outside the detailed part. */
function generalised(ring: Position[]): Position[] {
  const [west, south, east, north] = DETAIL;
  const detailed = (p: Position): boolean => p[0]! > west && p[0]! < east && p[1]! > south && p[1]! < north;
  const kept: Position[] = [];
  let last: Position | undefined;
  for (const point of ring) {
    if (!last || detailed(point) || Math.hypot(point[0]! - last[0]!, point[1]! - last[1]!) > TOLERANCE) {
      const grid = detailed(point) ? 1e4 : 1e2;
      kept.push(point.map((value) => Math.round(value * grid) / grid));
      last = point;
    }
  }
  if (kept.length < 3) return [];
  const xs = kept.map((p) => p[0]!);
  const near = kept.some(detailed);
  if (!near && Math.max(...xs) - Math.min(...xs) < SMALLEST) return [];
  return [...kept, kept[0]!];
}
