/** What the server writes into the briefing. All texts are ready for the reader, in his language. */

import type { Place } from "../shared/places";

export interface Briefing {
  readonly fixes: readonly BriefingFix[];
  readonly communes: readonly BriefingCommune[];
  readonly assets: readonly BriefingAsset[];
  /** Seas, archipelagos and cities around. */
  readonly places: readonly Place[];
  /** Thresholds of wind in knots with their colours, weakest first. */
  readonly winds: readonly { readonly threshold: number; readonly colour: string; readonly title: string }[];
  /** Where the reader looks first: the fix nearest to the province. */
  readonly nearest: number;
  readonly exercise: boolean;
  readonly texts: Readonly<Record<string, string>>;
}

export interface BriefingFix {
  readonly lon: number;
  readonly lat: number;
  readonly time: string;
  readonly level: number | null;
  readonly colour: string;
  readonly title: string;
  /** Lines under the title. */
  readonly lines: readonly string[];
  readonly radii: readonly { readonly threshold: number; readonly rings: readonly Ring[][] }[];
}

export interface BriefingCommune {
  readonly name: string;
  readonly rings: readonly Ring[][];
  /** Threshold in knots: place in the list of fixes of the first one whose winds meet it. */
  readonly first: Readonly<Record<string, number>>;
}

export interface BriefingAsset {
  readonly lon: number;
  readonly lat: number;
  readonly title: string;
  readonly lines: readonly string[];
  readonly colour: string;
}

/** Places as [lon, lat]. */
export type Ring = readonly (readonly [number, number])[];

/** The strongest threshold whose winds have met *commune* by the fix at *index*; 0 where none has. */
export function reached(commune: BriefingCommune, index: number): number {
  const met = Object.entries(commune.first).filter(([, first]) => first <= index);
  return Math.max(0, ...met.map(([threshold]) => Number(threshold)));
}

/** *lon* counted so that it lies near *beside*: a shape over the antimeridian stays in one piece. */
export function near(lon: number, beside: number): number {
  return lon - 360 * Math.round((lon - beside) / 360);
}

/** Longitudes counted eastwards from Greenwich, as all storms of this ocean lie: a track over 180° is one line. */
export function eastern(lon: number): number {
  return lon < 0 ? lon + 360 : lon;
}
