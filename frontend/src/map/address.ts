/**
 * The map's state in the page's address, so that it can be sent to somebody:
 *
 *     #zoom/lat/lon&layers=communes,parcels&at=parcels/123456789012
 *
 * Zoom level and centre in degrees; `layers` are those switched on, left out where they are the usual ones; `at` is
 * the feature whose card is open, by its layer and key. Each part may be missing: `#at=communes/06673` goes to the
 * feature. Moving the map rewrites the address; choosing another feature makes a new entry for the back button.
 */

export interface Place {
  readonly zoom: number;
  readonly lon: number;
  readonly lat: number;
}

/** A feature by the layer and the key of its row. */
export interface Selection {
  readonly layer: string;
  readonly key: string;
}

export interface Address {
  readonly place: Place | null;
  /** Names of the layers switched on; null: the usual ones. */
  readonly layers: readonly string[] | null;
  readonly at: Selection | null;
}

const PLACE = /^(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/;
const SELECTION = /^([a-z_]{1,40})\/(.+)$/;

/** What a fragment says; parts that cannot be read count as missing. */
export function readAddress(hash: string): Address {
  let place: Place | null = null;
  let layers: string[] | null = null;
  let at: Selection | null = null;
  for (const part of hash.replace(/^#/, "").split("&")) {
    const match = PLACE.exec(part);
    if (match) place = { zoom: Number(match[1]), lat: Number(match[2]), lon: Number(match[3]) };
    if (part.startsWith("layers=")) layers = part.slice(7).split(",").filter(Boolean);
    if (part.startsWith("at=")) at = readSelection(part.slice(3));
  }
  return { place, layers, at };
}

function readSelection(written: string): Selection | null {
  const match = SELECTION.exec(written);
  if (!match) return null;
  try {
    return { layer: match[1]!, key: decodeURIComponent(match[2]!) };
  } catch {
    return null;
  }
}

export function writeAddress({ place, layers, at }: Address): string {
  const parts = [
    place && `${Number(place.zoom.toFixed(2))}/${place.lat.toFixed(5)}/${place.lon.toFixed(5)}`,
    layers && `layers=${layers.join(",")}`,
    at && `at=${at.layer}/${encodeURIComponent(at.key)}`,
  ];
  return `#${parts.filter(Boolean).join("&")}`;
}

/** Whether two selections are the same feature, or both none. */
export function sameSelection(one: Selection | null, other: Selection | null): boolean {
  return one?.layer === other?.layer && one?.key === other?.key;
}
