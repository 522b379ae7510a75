/** Measuring: distances along geodesics, areas in the plane of the legal grid; by pointer or by keyboard. */
import Feature from "ol/Feature";
import LineString from "ol/geom/LineString";
import MultiPoint from "ol/geom/MultiPoint";
import Polygon from "ol/geom/Polygon";
import VectorLayer from "ol/layer/Vector";
import type MapBrowserEvent from "ol/MapBrowserEvent";
import type OlMap from "ol/Map";
import { getArea } from "ol/sphere";
import VectorSource from "ol/source/Vector";
import { toLonLat } from "ol/proj";
import { Circle, Fill, Stroke, Style } from "ol/style";
import { byId, element } from "../shared/dom";
import { area, distance } from "../shared/format";
import { geodesic, gridArea, wayLength, type LonLat } from "../shared/geodesy";
import { text } from "../shared/texts";
import { colour } from "./palette";
import type { PanelTool } from "./toolbar";

type Kind = "distance" | "area";
/** Pixels within which a second click is the end and not another corner. */
const SAME = 6;
const ICON = "M3.500 15.500 15.500 3.500l5 5-12 12zM7 12l2 2M10 9l3 3M13 6l2 2";

/** The tool; *busy* is told while clicks on the map are corners. */
export function measureTool(map: OlMap, busy: (measuring: boolean) => void): PanelTool {
  const measure = new Measure(map);
  return {
    name: "measure",
    title: text("measure"),
    icon: ICON,
    key: "M",
    content: measure.room,
    opened: () => {
      busy(true);
      measure.begin();
    },
    closed: () => {
      measure.end();
      busy(false);
    },
  };
}

class Measure {
  readonly room: HTMLElement;
  private kind: Kind = "distance";
  private corners: number[][] = [];
  private tail: number[] | undefined;
  private done = false;
  private active = false;
  private readonly figures = element("dl", { class: "figures" });
  private readonly method = element("p", { class: "method" });
  private readonly status = element("p", { class: "visually-hidden", role: "status" });
  private readonly undo = element("button", { type: "button", class: "plain-button" }, text("measure_undo"));
  private readonly clear = element("button", { type: "button", class: "plain-button" }, text("measure_clear"));
  private readonly drawn = new VectorLayer({ source: new VectorSource(), zIndex: 320, style: styles() });

  constructor(private readonly map: OlMap) {
    this.drawn.set("name", "measured");
    map.addLayer(this.drawn);
    this.room = element(
      "div",
      { class: "measure" },
      element("fieldset", { class: "choices" }, element("legend", { class: "visually-hidden" }, text("measure")), ...this.choices()),
      this.figures,
      this.method,
      element("p", { class: "method" }, text("measure_hint")),
      element("div", { class: "measure-buttons" }, this.undo, this.clear),
      this.status,
    );
    this.undo.addEventListener("click", () => {
      this.remove();
    });
    this.clear.addEventListener("click", () => {
      this.restart();
    });
    map.on("click", (event) => {
      if (this.active) this.add(event.coordinate);
    });
    map.on("dblclick", (event) => this.finish(event));
    map.on("pointermove", (event) => {
      if (!this.active || this.done || event.dragging) return;
      this.tail = event.coordinate;
      this.show();
    });
    byId("map").addEventListener("keydown", (event) => {
      if (this.active) this.key(event);
    });
  }

  begin(): void {
    this.active = true;
    byId("map").classList.add("measuring");
    this.show();
  }

  end(): void {
    this.active = false;
    byId("map").classList.remove("measuring");
    this.restart();
  }

  private choices(): HTMLElement[] {
    const choice = (kind: Kind, title: string): HTMLElement => {
      const button = element("input", { type: "radio", name: "measure-kind", value: kind });
      button.checked = kind === this.kind;
      button.addEventListener("change", () => {
        this.kind = kind;
        this.show();
      });
      return element("label", {}, button, element("span", {}, title));
    };
    return [choice("distance", text("measure_distance")), choice("area", text("measure_area"))];
  }

  /** With the keyboard the middle of the map is the pen. */
  private key(event: KeyboardEvent): void {
    if (event.key === "Enter") {
      const centre = this.map.getView().getCenter();
      if (centre) this.add(centre);
    } else if (event.key === "Backspace" || event.key === "Delete") this.remove();
    else return;
    event.preventDefault();
  }

  private add(place: number[]): void {
    if (this.done) this.restart();
    const last = this.corners.at(-1);
    const resolution = this.map.getView().getResolution() ?? 1;
    if (last && Math.hypot(last[0]! - place[0]!, last[1]! - place[1]!) < SAME * resolution) return;
    this.corners.push(place);
    this.tail = undefined;
    this.show();
    this.status.textContent = [...this.figures.querySelectorAll("dt")].map((term) => `${term.textContent} ${term.nextElementSibling?.textContent ?? ""}`).join(", ");
  }

  private finish(event: MapBrowserEvent): boolean {
    if (!this.active) return true;
    this.done = true;
    this.tail = undefined;
    this.show();
    event.stopPropagation();
    return false;
  }

  private remove(): void {
    this.corners.pop();
    this.done = false;
    this.show();
  }

  private restart(): void {
    this.corners = [];
    this.tail = undefined;
    this.done = false;
    this.show();
  }

  /** Draw and tell what is measured, to where the pointer is. */
  private show(): void {
    const way = this.tail ? [...this.corners, this.tail] : this.corners;
    const places = way.map((place) => toLonLat(place) as unknown as LonLat);
    this.undo.disabled = this.clear.disabled = this.corners.length === 0;
    const source = this.drawn.getSource()!;
    source.clear();
    if (way.length > 1) source.addFeature(new Feature(this.kind === "area" && way.length > 2 ? new Polygon([[...way, way[0]!]]) : new LineString(way)));
    if (this.corners.length) source.addFeature(new Feature(new MultiPoint(this.corners)));
    const figures = this.kind === "distance" ? this.distances(places) : this.areas(way, places);
    this.figures.replaceChildren(...figures.flatMap(([term, value]) => [element("dt", {}, term), element("dd", {}, value)]));
  }

  private distances(places: readonly LonLat[]): [string, string][] {
    this.method.textContent = text("measure_geodesic");
    const last = places.length > 1 ? geodesic(places.at(-2)!, places.at(-1)!) : 0;
    return [
      [text("measure_total"), distance(wayLength(places))],
      [text("measure_last"), distance(last)],
    ];
  }

  private areas(way: readonly number[][], places: readonly LonLat[]): [string, string][] {
    const plane = gridArea(places);
    this.method.textContent = text(plane === null ? "measure_sphere" : "measure_grid");
    const globe = plane ?? getArea(new Polygon([[...way, way[0]!] as number[][]]));
    return [
      [text("measure_area"), area(places.length > 2 ? globe : 0)],
      [text("measure_perimeter"), distance(places.length > 1 ? wayLength([...places, places[0]!]) : 0)],
    ];
  }
}

function styles(): Style[] {
  const accent = colour("--measure");
  return [
    new Style({ stroke: new Stroke({ color: "rgba(255, 255, 255, 0.9)", width: 6 }) }),
    new Style({
      stroke: new Stroke({ color: accent, width: 2.5 }),
      fill: new Fill({ color: "rgba(178, 76, 16, 0.14)" }),
      image: new Circle({ radius: 5, fill: new Fill({ color: "#ffffff" }), stroke: new Stroke({ color: accent, width: 2.5 }) }),
    }),
  ];
}
