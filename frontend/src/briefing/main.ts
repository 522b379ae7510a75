/**
 * The storm briefing: a page that stands in one file and needs nothing else.
 *
 * folium writes the map's own script, for which Leaflet has to stand ready as `L`; it then calls
 * `halongBriefing.show` with its map and the data of the page.
 */
import * as L from "leaflet";
import "leaflet/dist/leaflet.css";
import land from "virtual:coast";
import { denominator } from "../map/rules";
import { writtenAt } from "../shared/places";
import "./briefing.css";
import { eastern, near, reached, type Briefing, type BriefingFix, type Ring } from "./data";

declare global {
  interface Window {
    L: typeof L;
  }
}
window.L = L;

/** Map units a pixel at zoom level 0. */
const WHOLE_WORLD = 156_543.034;
const STEP_MS = 700;
const SVG = "http://www.w3.org/2000/svg";

/** Draw *briefing* on *map* and let its slider move the storm. */
export function show(map: L.Map, briefing: Briefing): void {
  map.attributionControl.setPrefix(false);
  map.attributionControl.addAttribution(words("span", "", briefing.texts.credits ?? "").outerHTML);
  basemap(map, briefing);
  const communes = communesOn(map, briefing);
  const winds = L.layerGroup().addTo(map);
  assetsOn(map, briefing);
  const select = storm(map, briefing, (index) => {
    communes(index);
    drawWinds(winds, briefing, index);
  });
  slider(briefing, select);
  frame(map, briefing);
}

function basemap(map: L.Map, briefing: Briefing): void {
  pane(map, "land", 210);
  pane(map, "names", 640);
  const polygons = land.map((polygon) => polygon.map(latLngs));
  L.polygon(polygons, { pane: "land", className: "land", interactive: false }).addTo(map);
  const shown = briefing.places.map((place) => ({ place, marker: named(place) }));
  const choose = (): void => {
    for (const { place, marker } of shown) {
      if (writtenAt(place, scaleOf(map))) marker.addTo(map);
      else marker.remove();
    }
  };
  map.on("zoomend", choose);
  choose();
}

/** Scale denominator of the map on the latitude of the province. */
function scaleOf(map: L.Map): number {
  return denominator(WHOLE_WORLD / 2 ** map.getZoom(), 21);
}

function named(place: Briefing["places"][number]): L.Marker {
  const label = words("div", "", ...place.name.split("\n").map((line) => words("span", "", line)));
  return L.marker([place.lat, place.lon], { icon: L.divIcon({ html: label, className: `place ${place.kind}`, iconSize: [160, 34] }), interactive: false, keyboard: false, pane: "names" });
}

/** The communes; the answer colours them by the winds that have met them by a fix. */
function communesOn(map: L.Map, briefing: Briefing): (index: number) => void {
  pane(map, "communes", 220);
  const colours = new Map(briefing.winds.map((wind) => [wind.threshold, wind.colour]));
  const shapes = briefing.communes.map((commune) => {
    const shape = L.polygon(commune.rings.map((polygon) => polygon.map(latLngs)), { pane: "communes", className: "commune" });
    shape.bindTooltip(words("span", "", commune.name), { sticky: true }).addTo(map);
    return { commune, shape };
  });
  return (index) => {
    for (const { commune, shape } of shapes) {
      const colour = colours.get(reached(commune, index));
      shape.setStyle({ fillColor: colour ?? "#ffffff", fillOpacity: colour ? 0.75 : 0.4, color: "#7d8a86", weight: 0.7 });
      shape.getElement()?.setAttribute("data-wind", String(reached(commune, index)));
    }
  };
}

/** Fixes and the symbol of the storm; the answer selects a fix. */
function storm(map: L.Map, briefing: Briefing, selected: (index: number) => void): (index: number) => void {
  const places = track(briefing);
  const fixes = briefing.fixes.map((fix, index) => {
    const dot = L.circleMarker(places[index]!, { radius: 5, color: "#ffffff", weight: 1.5, fillColor: fix.colour, fillOpacity: 1 });
    dot.bindTooltip(told(fix), { direction: "top" }).addTo(map);
    return dot;
  });
  const eye = L.marker(places[0]!, { icon: L.divIcon({ html: symbol(), className: "eye", iconSize: [44, 44] }), interactive: false, keyboard: false }).addTo(map);
  const select = (index: number): void => {
    const fix = briefing.fixes[index]!;
    eye.setLatLng(places[index]!);
    eye.getElement()?.style.setProperty("--class", fix.colour);
    fixes.forEach((dot, place) => dot.setStyle({ opacity: place > index ? 0.55 : 1, fillOpacity: place > index ? 0.45 : 1 }));
    selected(index);
  };
  fixes.forEach((dot, index) =>
    dot.on("click", () => {
      const input = document.querySelector<HTMLInputElement>("#time");
      if (!input) return;
      input.value = String(index);
      input.dispatchEvent(new Event("input"));
    }),
  );
  return select;
}

function track(briefing: Briefing): L.LatLngTuple[] {
  return briefing.fixes.map((fix) => [fix.lat, eastern(fix.lon)]);
}

function drawWinds(group: L.LayerGroup, briefing: Briefing, index: number): void {
  group.clearLayers();
  const place = track(briefing)[index]!;
  for (const radius of briefing.fixes[index]!.radii) {
    const wind = briefing.winds.find((one) => one.threshold === radius.threshold);
    const rings = radius.rings.map((polygon) => polygon.map((ring) => ring.map(([lon, lat]): L.LatLngTuple => [lat, near(lon, place[1])])));
    L.polygon(rings, { className: `wind wind-${radius.threshold}`, color: wind?.colour ?? "#2f6f8f", weight: 2, fillOpacity: 0.14, interactive: false }).addTo(group);
  }
}

function assetsOn(map: L.Map, briefing: Briefing): void {
  for (const asset of briefing.assets) {
    const dot = L.circleMarker([asset.lat, asset.lon], { radius: 4, color: "#ffffff", weight: 1, fillColor: asset.colour, fillOpacity: 1, className: "asset" });
    dot.bindTooltip(words("div", "", words("strong", "", asset.title), ...asset.lines.map((line) => words("div", "", line))), { direction: "top" }).addTo(map);
  }
}

function slider(briefing: Briefing, select: (index: number) => void): void {
  const input = document.querySelector<HTMLInputElement>("#time")!;
  const output = document.querySelector<HTMLElement>("#now")!;
  const bars = document.querySelector<HTMLElement>("#bars")!;
  bars.append(...briefing.fixes.map((fix) => bar(fix)));
  input.max = String(briefing.fixes.length - 1);
  const move = (): void => {
    const index = Number(input.value);
    const fix = briefing.fixes[index]!;
    input.setAttribute("aria-valuetext", fix.time);
    output.replaceChildren(told(fix));
    output.style.setProperty("--class", fix.colour);
    [...bars.children].forEach((one, place) => one.classList.toggle("now", place === index));
    select(index);
  };
  input.addEventListener("input", move);
  input.value = String(briefing.nearest);
  move();
  playing(document.querySelector<HTMLButtonElement>("#play")!, input, briefing);
}

function playing(button: HTMLButtonElement, input: HTMLInputElement, briefing: Briefing): void {
  let timer: number | undefined;
  const stop = (): void => {
    window.clearInterval(timer);
    timer = undefined;
    button.textContent = briefing.texts.play ?? "";
  };
  const next = (): void => {
    input.value = String(Number(input.value) + 1);
    input.dispatchEvent(new Event("input"));
    if (input.value === input.max) stop();
  };
  button.addEventListener("click", () => {
    if (timer !== undefined) {
      stop();
      return;
    }
    if (input.value === input.max) input.value = "0";
    button.textContent = briefing.texts.stop ?? "";
    timer = window.setInterval(next, STEP_MS);
  });
  input.addEventListener("pointerdown", stop);
  stop();
}

/** Show the province and the storm near it; the whole track where it stays far away. */
function frame(map: L.Map, briefing: Briefing): void {
  const around = briefing.communes.flatMap((commune) => commune.rings.flatMap((polygon) => polygon.flatMap((ring) => latLngs(ring))));
  const places = track(briefing);
  const close = places.slice(Math.max(0, briefing.nearest - 1), briefing.nearest + 2);
  const bounds = L.latLngBounds([...around, ...close]);
  const fit = (): void => {
    map.invalidateSize(false);
    map.fitBounds(bounds, { padding: [20, 20], animate: false });
  };
  fit();
  window.matchMedia("print").addEventListener("change", fit);
  document.querySelector("#whole")?.addEventListener("click", () => {
    map.fitBounds(L.latLngBounds([...around, ...places]), { padding: [20, 20] });
  });
  document.querySelector("#province")?.addEventListener("click", fit);
}

function bar(fix: BriefingFix): HTMLElement {
  const one = words("span");
  one.style.height = `${10 + (fix.level ?? 0) * 5}%`;
  one.style.background = fix.colour;
  return one;
}

function told(fix: BriefingFix): HTMLElement {
  return words("div", "told", words("strong", "", fix.time), words("span", "class", fix.title), ...fix.lines.map((line) => words("span", "", line)));
}

/** An element with texts as they are: nothing in them is markup. */
function words(tag: string, className = "", ...children: (string | Node)[]): HTMLElement {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

function symbol(): HTMLElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 64 64");
  for (const d of ["M32 10C22 9 11 16 10.5 29c5-7 12-9.5 18-8.500", "M32 54c10 1 21-6 21.5-19-5 7-12 9.5-18 8.500", "M32 19a13 13 0 1 0 0.010 0z"]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return words("div", "", svg);
}

function latLngs(ring: Ring): L.LatLngTuple[] {
  return ring.map(([lon, lat]) => [lat, lon]);
}

function pane(map: L.Map, name: string, zIndex: number): void {
  map.createPane(name).style.zIndex = String(zIndex);
}
