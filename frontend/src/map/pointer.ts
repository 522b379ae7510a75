/** Where the pointer is: in the legal grid, which papers are written in, and in degrees. */
import type OlMap from "ol/Map";
import { toLonLat } from "ol/proj";
import { byId } from "../shared/dom";
import { degrees, metres } from "../shared/format";
import { toGrid } from "../shared/grid";
import { text } from "../shared/texts";

/** Keep *room* showing the coordinates under the pointer; the middle of the map where there is none. */
export function pointerReadout(room: HTMLElement, map: OlMap): void {
  let pointed = false;
  const show = (place: number[]): void => {
    const [lon, lat] = toLonLat(place) as [number, number];
    room.textContent = `${gridText(lon, lat)}   ${degrees(lon, lat)}`;
  };
  const middle = (): void => {
    const centre = map.getView().getCenter();
    if (centre && !pointed) show(centre);
  };
  map.on("pointermove", (event) => {
    pointed = true;
    show(event.coordinate);
  });
  byId("map").addEventListener("pointerleave", () => {
    pointed = false;
    middle();
  });
  map.on("moveend", middle);
}

/** "VN-2000 X 2 317 566 Y 430 128": north is X on Vietnamese papers. */
export function gridText(lon: number, lat: number): string {
  const [east, north] = toGrid(lon, lat);
  return `${text("grid")}: ${text("north")} ${metres(north)} ${text("east")} ${metres(east)}`;
}
