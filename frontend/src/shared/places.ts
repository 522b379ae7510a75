/** Names for orientation as the page brings them (`place_names` in `gis/layers/context.py`), in the reader's language. */

export interface Place {
  /** A line break where it is written in two lines. */
  readonly name: string;
  readonly lon: number;
  readonly lat: number;
  readonly kind: string;
  /** 0 is the most important. */
  readonly rank: number;
  readonly anchor: "centre" | "above" | "below" | "beside";
  /** Scale denominators between which it is written; null: without a limit. */
  readonly min_scale: number | null;
  readonly max_scale: number | null;
}

/** Whether it belongs to Hoàng Sa or Trường Sa, which are named on every map. */
export function isArchipelago({ kind }: Pick<Place, "kind">): boolean {
  return kind === "archipelago" || kind === "archipelago_island";
}

/** Whether it is written at the scale of this denominator. */
export function writtenAt({ min_scale, max_scale }: Pick<Place, "min_scale" | "max_scale">, scale: number): boolean {
  return scale >= (min_scale ?? 0) && scale <= (max_scale ?? Infinity);
}
