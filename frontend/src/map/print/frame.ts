/** What of the ground a printed sheet shows: pure, in metres of the legal grid. */
import type { PrintConfig, PrintSheet } from "../../shared/config";
import { fromGrid } from "../../shared/grid";

export type GridPlace = readonly [east: number, north: number];

/** Width and height in metres of what *sheet* shows at *scale*. */
export function groundSize(sheet: PrintSheet, scale: number): [width: number, height: number] {
  return [(sheet.width / 1000) * scale, (sheet.height / 1000) * scale];
}

/** The frame's corners around *middle* in degrees; its edges bend by less than a pixel on the way to the screen. */
export function corners(middle: GridPlace, sheet: PrintSheet, scale: number): [lon: number, lat: number][] {
  const [width, height] = groundSize(sheet, scale);
  const [east, north] = middle;
  const turns: readonly GridPlace[] = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ];
  return turns.map(([across, up]) => fromGrid(east + (across * width) / 2, north + (up * height) / 2));
}

/** The scale of *scales* at which *sheet* fills a ground of *width* × *height* metres best without reaching far over it. */
export function nearestScale(scales: readonly number[], sheet: PrintSheet, width: number, height: number): number {
  const widest = Math.min((width * 1000) / sheet.width, (height * 1000) / sheet.height) * 1.1;
  return Math.max(scales[0]!, ...scales.filter((scale) => scale <= widest));
}

/** Whether sheets may have their middle there. */
export function printable(middle: GridPlace, config: PrintConfig): boolean {
  const [west, south, east, north] = config.within;
  return middle[0] >= west && middle[0] <= east && middle[1] >= south && middle[1] <= north;
}

/** What is chosen in the panel. */
export interface Choice {
  readonly layers: readonly string[];
  readonly sheet: PrintSheet;
  readonly scale: number;
  readonly middle: GridPlace;
  readonly grid: string;
  readonly title: string;
  readonly language: string;
}

/** The address of the PDF. */
export function printAddress(url: string, choice: Choice): string {
  const query = new URLSearchParams({
    layers: choice.layers.join(","),
    scale: String(choice.scale),
    paper: choice.sheet.paper,
    orientation: choice.sheet.orientation,
    center: choice.middle.map((metres) => metres.toFixed(3)).join(","),
    grid: choice.grid,
    language: choice.language,
  });
  if (choice.title.trim()) query.set("title", choice.title.trim());
  return `${url}?${query.toString()}`;
}
