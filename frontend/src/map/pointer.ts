/** Where the pointer is: in the legal grid, which papers are written in, and in degrees; a click copies either. */
import type OlMap from "ol/Map";
import { toLonLat } from "ol/proj";
import { byId, element } from "../shared/dom";
import { degrees, metres, scaleText, sexagesimal } from "../shared/format";
import { toGrid } from "../shared/grid";
import { text } from "../shared/texts";
import { copy } from "./copying";
import { denominator } from "./rules";

/** Whether degrees are written with minutes and seconds; the choice is kept for the next visit. */
const CHOICE = "halong-degrees";
let sixties = window.localStorage.getItem(CHOICE) === "dms";

/** Keep *room* showing the coordinates under the pointer; the middle of the map where there is none. */
export class Pointer {
  private place: readonly [number, number] = [0, 0];
  private pointed = false;
  private readonly grid = copyButton();
  private readonly angles = copyButton();

  constructor(
    room: HTMLElement,
    map: OlMap,
  ) {
    const form = element("button", { type: "button", class: "degrees-form", "aria-label": text("degrees_form"), title: text("degrees_form") }, "° ′ ″");
    form.setAttribute("aria-pressed", String(sixties));
    form.addEventListener("click", () => {
      sixties = !sixties;
      window.localStorage.setItem(CHOICE, sixties ? "dms" : "decimal");
      form.setAttribute("aria-pressed", String(sixties));
      this.write();
    });
    room.replaceChildren(this.grid, this.angles, form);
    map.on("pointermove", (event) => {
      this.pointed = true;
      this.show(event.coordinate);
    });
    byId("map").addEventListener("pointerleave", () => {
      this.pointed = false;
    });
    map.on("moveend", () => {
      const centre = map.getView().getCenter();
      if (centre && !this.pointed) this.show(centre);
    });
  }

  /** Copy what is shown. */
  copy(): void {
    copy(`${plainGrid(...this.place)}; ${degreesText(...this.place)}`);
  }

  private show(coordinate: number[]): void {
    this.place = toLonLat(coordinate) as [number, number];
    this.write();
  }

  private write(): void {
    label(this.grid, gridText(...this.place), plainGrid(...this.place));
    label(this.angles, degreesText(...this.place), degreesText(...this.place));
  }
}

/** The scale as a denominator, true in the middle of the map. */
export function scaleReadout(room: HTMLElement, map: OlMap): void {
  const show = (): void => {
    const view = map.getView();
    const [, lat] = toLonLat(view.getCenter() ?? [0, 0]) as [number, number];
    room.textContent = scaleText(denominator(view.getResolution() ?? 1, lat));
  };
  map.on("moveend", show);
  map.getView().on("change:resolution", show);
}

/** The coordinates of a place as two buttons that copy them. */
export function placeButtons(lon: number, lat: number): HTMLElement[] {
  const [angles, grid] = [copyButton(), copyButton()];
  label(angles, degreesText(lon, lat), degreesText(lon, lat));
  label(grid, gridText(lon, lat), plainGrid(lon, lat));
  return [angles, grid];
}

/** "VN-2000 X 2 317 566 Y 430 128": north is X on Vietnamese papers. */
function gridText(lon: number, lat: number): string {
  const [east, north] = toGrid(lon, lat);
  return `${text("grid")}: ${text("north")} ${metres(north)} ${text("east")} ${metres(east)}`;
}

/** The same as other programs read it: "2317566.47 430127.57", north first. */
function plainGrid(lon: number, lat: number): string {
  const [east, north] = toGrid(lon, lat);
  return `${north.toFixed(2)} ${east.toFixed(2)}`;
}

function degreesText(lon: number, lat: number): string {
  return sixties ? sexagesimal(lon, lat) : degrees(lon, lat, 5);
}

function copyButton(): HTMLButtonElement {
  const button = element("button", { type: "button", class: "copy" });
  button.addEventListener("click", () => {
    copy(button.dataset.copied ?? "");
  });
  return button;
}

function label(button: HTMLButtonElement, shown: string, copied: string): void {
  button.textContent = shown;
  button.dataset.copied = copied;
  button.title = text("copy_place");
}
