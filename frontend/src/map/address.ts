/** The view in the page's address, so that a map can be sent to somebody: `#zoom/lat/lon`. */
import type OlMap from "ol/Map";
import { fromLonLat, toLonLat } from "ol/proj";

const PATTERN = /^#(\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)\/(-?\d+(?:\.\d+)?)$/;

/** Show what the address says, and keep the address as the view is. False where it says nothing. */
export function restoreView(map: OlMap): boolean {
  const found = readAddress(window.location.hash);
  const view = map.getView();
  const show = ({ zoom, lon, lat }: Place): void => {
    view.setCenter(fromLonLat([lon, lat]));
    view.setZoom(zoom);
  };
  if (found) show(found);
  map.on("moveend", () => {
    const [lon, lat] = toLonLat(view.getCenter() ?? [0, 0]);
    window.history.replaceState(null, "", writeAddress({ zoom: view.getZoom() ?? 0, lon: lon!, lat: lat! }));
  });
  window.addEventListener("hashchange", () => {
    const asked = readAddress(window.location.hash);
    if (asked) show(asked);
  });
  return found !== null;
}

export interface Place {
  readonly zoom: number;
  readonly lon: number;
  readonly lat: number;
}

export function readAddress(hash: string): Place | null {
  const match = PATTERN.exec(hash);
  return match && { zoom: Number(match[1]), lat: Number(match[2]), lon: Number(match[3]) };
}

export function writeAddress({ zoom, lon, lat }: Place): string {
  return `#${Number(zoom.toFixed(2))}/${lat.toFixed(5)}/${lon.toFixed(5)}`;
}
