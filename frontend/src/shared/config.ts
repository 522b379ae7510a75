/** What the page tells its script, as `gis/web/pages/map_config.py` writes it. */
import { byId } from "./dom";
import type { Place } from "./places";

export type Scalar = string | number | boolean | null;

export interface FieldConfig {
  readonly name: string;
  readonly title: string;
  readonly kind: "string" | "integer" | "number" | "boolean" | "date" | "datetime";
  readonly unit: string;
  /** Words for coded values. */
  readonly values: Readonly<Record<string, string>>;
}

export interface Rule {
  readonly title: string;
  /** Values of the style's field; empty: every other value. */
  readonly values: readonly (string | number)[];
  readonly fill: string | null;
  readonly fill_opacity: number;
  readonly stroke: string | null;
  readonly stroke_width: number;
  readonly dash: readonly number[];
  readonly marker: "circle" | "square" | "triangle" | "diamond" | null;
  readonly size: number;
  readonly max_scale: number | null;
  readonly min_scale: number | null;
}

export interface LabelConfig {
  readonly field: string;
  readonly size: number;
  readonly colour: string;
  readonly halo: string;
  readonly max_scale: number | null;
  readonly placement: "point" | "line";
}

export interface StyleConfig {
  readonly name: string;
  readonly title: string;
  readonly rules: readonly Rule[];
  readonly field: string | null;
  readonly labels: readonly LabelConfig[];
}

export interface LayerConfig {
  readonly name: string;
  readonly title: string;
  readonly abstract: string;
  readonly attribution: string;
  readonly group: string;
  readonly geometryType: "Point" | "LineString" | "Polygon";
  /** Pattern of the vector tiles' address with {z}, {x} and {y}. */
  readonly tiles: string;
  /** Address of the collection's features. */
  readonly items: string;
  /** Where the pages of its rows begin ("/land/parcels/"); empty where there are none. */
  readonly pages: string;
  readonly minZoom: number;
  readonly maxZoom: number;
  /** Below this zoom level tiles hold only the largest features. */
  readonly detailZoom: number;
  /** Whether those tiles hold cells that stand for all features instead. */
  readonly overview: boolean;
  readonly position: number;
  readonly visible: boolean;
  readonly liveTopic: string | null;
  readonly fields: readonly FieldConfig[];
  readonly style: StyleConfig;
}

/** A way to take a sheet of paper; *width* and *height* are the map's on it, in millimetres. */
export interface PrintSheet {
  readonly paper: string;
  readonly orientation: string;
  readonly width: number;
  readonly height: number;
}

export interface PrintConfig {
  readonly url: string;
  readonly sheets: readonly PrintSheet[];
  /** Denominators, the nearest first. */
  readonly scales: readonly number[];
  readonly grids: readonly string[];
  readonly titleLimit: number;
  /** What a sheet is called where nobody gives it a title. */
  readonly usualTitle: string;
  /** West, south, east, north in metres of the legal grid: where a sheet's middle may lie. */
  readonly within: readonly [number, number, number, number];
}

export interface MapConfig {
  readonly language: string;
  /** West, south, east, north in degrees: the first view. */
  readonly bounds: readonly [number, number, number, number];
  readonly layers: readonly LayerConfig[];
  /** Names of seas, archipelagos, countries and cities. */
  readonly places: readonly Place[];
  readonly live: { readonly url: string; readonly snapshot: string; readonly topics: readonly string[] };
  /** What stands under the map: that outlines are no legal boundaries, and whose data are shown. */
  readonly credits: readonly string[];
  readonly print: PrintConfig;
  readonly user: string | null;
  readonly texts: Readonly<Record<string, string>>;
}

/** The configuration in the page's `<script id="config">`. */
export function readConfig(): MapConfig {
  return JSON.parse(byId("config").textContent) as MapConfig;
}
