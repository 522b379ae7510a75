/** The parcels of a sheet on their shared boundary points, as the server sent them; metres of EPSG:5899. */
import type { FabricAnswer, FabricParcel, Vertex } from "./api";

export type Place = readonly [east: number, north: number];
/** Ids of the two boundary points of a side, in the direction of its ring. */
export type Side = readonly [from: number, to: number];

/** Where the pointer is, and how an operation says so. */
export interface Snap {
  readonly place: Place;
  readonly vertex: Vertex;
  readonly kind: "free" | "point" | "side";
}

export class Fabric {
  readonly points: ReadonlyMap<number, Place>;
  readonly parcels: ReadonlyMap<string, FabricParcel>;

  constructor(answer: FabricAnswer) {
    this.points = new Map(Object.entries(answer.points).map(([id, place]) => [Number(id), place]));
    this.parcels = new Map(answer.parcels.map((parcel) => [parcel.identifier, parcel]));
  }

  /** Rings of places, each closed. */
  rings(parcel: FabricParcel): Place[][] {
    return parcel.rings.map((ring) => [...ring, ring[0]!].map((point) => this.points.get(point)!));
  }

  sides(parcel: FabricParcel): Side[] {
    return parcel.rings.flatMap((ring) => ring.map((point, index): Side => [point, ring[(index + 1) % ring.length]!]));
  }

  length([from, to]: Side): number {
    return distance(this.points.get(from)!, this.points.get(to)!);
  }

  middle([from, to]: Side): Place {
    const [start, end] = [this.points.get(from)!, this.points.get(to)!];
    return [(start[0] + end[0]) / 2, (start[1] + end[1]) / 2];
  }

  /** The parcel around *place*. */
  at(place: Place): FabricParcel | undefined {
    return [...this.parcels.values()].find((parcel) => inside(place, this.rings(parcel)));
  }

  nearestPoint(place: Place, reach: number): number | undefined {
    let [found, least]: [number | undefined, number] = [undefined, reach];
    for (const [point, there] of this.points) {
      const away = distance(place, there);
      if (away <= least) [found, least] = [point, away];
    }
    return found;
  }

  /** The side nearest to *place*, of *parcels*. */
  nearestSide(place: Place, reach: number, parcels: Iterable<FabricParcel> = this.parcels.values()): Side | undefined {
    let [found, least]: [Side | undefined, number] = [undefined, reach];
    for (const parcel of parcels) {
      for (const side of this.sides(parcel)) {
        const away = distance(place, this.foot(place, side).place);
        if (away < least) [found, least] = [side, away];
      }
    }
    return found;
  }

  /** The place on *side* nearest to *place*, and how far from its start. */
  foot(place: Place, [from, to]: Side): { readonly place: Place; readonly at: number } {
    const [start, end] = [this.points.get(from)!, this.points.get(to)!];
    const [east, north] = [end[0] - start[0], end[1] - start[1]];
    const length = Math.hypot(east, north);
    const along = length ? ((place[0] - start[0]) * east + (place[1] - start[1]) * north) / length : 0;
    const at = Math.floor(Math.min(Math.max(along, 0), length) * 1000) / 1000;
    const part = length ? at / length : 0;
    return { place: [start[0] + part * east, start[1] + part * north], at };
  }

  /** A boundary point or side within *reach* metres of *place*, else *place* on the grid of a millimetre. */
  snap(place: Place, reach: number): Snap {
    const point = this.nearestPoint(place, reach);
    if (point !== undefined) return { place: this.points.get(point)!, vertex: { point }, kind: "point" };
    const side = this.nearestSide(place, reach);
    if (side) {
      const foot = this.foot(place, side);
      return { place: foot.place, vertex: { side, at: foot.at }, kind: "side" };
    }
    const free = toMillimetre(place);
    return { place: free, vertex: free, kind: "free" };
  }

  /** Where a vertex of an operation is; undefined where its points are not on this sheet. */
  resolve(vertex: Vertex): Place | undefined {
    if ("point" in vertex) return this.points.get(vertex.point);
    if (!("side" in vertex)) return vertex;
    const [start, end] = vertex.side.map((point) => this.points.get(point));
    if (!start || !end) return undefined;
    const part = vertex.at / distance(start, end);
    return [start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])];
  }
}

export function distance(one: Place, other: Place): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1]);
}

export function toMillimetre([east, north]: Place): Place {
  return [Math.round(east * 1000) / 1000, Math.round(north * 1000) / 1000];
}

/** Whether *place* is in a polygon of closed rings. */
export function inside([east, north]: Place, rings: readonly (readonly Place[])[]): boolean {
  let within = false;
  for (const ring of rings) {
    for (let index = 1; index < ring.length; index += 1) {
      const [[e0, n0], [e1, n1]] = [ring[index - 1]!, ring[index]!];
      if (n0 > north !== n1 > north && east < ((e1 - e0) * (north - n0)) / (n1 - n0) + e0) within = !within;
    }
  }
  return within;
}
