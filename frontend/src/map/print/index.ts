/** Printing: a panel with the sheet's choices, its frame on the map, and the PDF that the service draws. */
import "./print.css";
import Feature from "ol/Feature";
import Polygon from "ol/geom/Polygon";
import VectorLayer from "ol/layer/Vector";
import type OlMap from "ol/Map";
import { fromLonLat, toLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import { Fill, Stroke, Style } from "ol/style";
import type { PrintConfig, PrintSheet } from "../../shared/config";
import { byId, element } from "../../shared/dom";
import { distance, number } from "../../shared/format";
import { toGrid } from "../../shared/grid";
import { text } from "../../shared/texts";
import { colour } from "../palette";
import type { PanelTool } from "../toolbar";
import { groundSize, nearestScale, corners, printable, printAddress, type GridPlace } from "./frame";

const ICON = "M7 8V3.500h10V8M7 17H4.500V9.500a1.500 1.500 0 0 1 1.500-1.500h12a1.500 1.500 0 0 1 1.500 1.500V17H17M7 13.500h10v7H7z";
const PHONE = "(max-width: 760px)";
/** Beyond all that a view can hold: what is not printed is dimmed. */
const EVERYWHERE = [
  [-6e7, -6e7],
  [6e7, -6e7],
  [6e7, 6e7],
  [-6e7, 6e7],
  [-6e7, -6e7],
];

/** The tool; *under* names layers that are always there, *layers* tells those switched on, the lowest first. */
export function printTool(map: OlMap, config: PrintConfig, language: string, under: readonly string[], layers: () => readonly string[]): PanelTool {
  const print = new Print(map, config, language, under, layers);
  return {
    name: "print",
    title: text("print"),
    icon: ICON,
    key: "P",
    content: print.room,
    opened: () => {
      print.begin();
    },
    closed: () => {
      print.end();
    },
  };
}

class Print {
  readonly room: HTMLElement;
  private active = false;
  private readonly title: HTMLInputElement;
  private readonly sheet: HTMLSelectElement;
  private readonly scale = element("select", { id: "print-scale" });
  private readonly grid: HTMLSelectElement;
  private readonly ground = element("p", { class: "method" });
  private readonly reason = element("p", { class: "print-reason", role: "status" });
  private readonly link = element("a", { class: "plain-button print-open", target: "_blank", rel: "noopener" }, text("print_open"));
  private readonly drawn = new VectorLayer({ source: new VectorSource({ wrapX: false }), zIndex: 330, style: frameStyle() });

  constructor(
    private readonly map: OlMap,
    private readonly config: PrintConfig,
    private readonly language: string,
    private readonly under: readonly string[],
    private readonly layers: () => readonly string[],
  ) {
    this.drawn.set("name", "print_frame");
    this.drawn.setVisible(false);
    map.addLayer(this.drawn);
    this.title = element("input", { type: "text", id: "print-title", maxlength: config.titleLimit, autocomplete: "off", placeholder: config.usualTitle });
    this.sheet = choice("print-paper", config.sheets.map(({ paper, orientation }, at) => [String(at), `${paper} ${text(`print_${orientation}`)}`]));
    this.grid = choice("print-grid", config.grids.map((grid) => [grid, text(`print_grid_${grid}`)]));
    const fit = element("button", { type: "button", class: "plain-button" }, text("print_show_frame"));
    const page = element("button", { type: "button", class: "plain-button" }, text("print_page"));
    this.room = element(
      "div",
      { class: "print" },
      ...labelled("print-title", text("print_title"), this.title),
      ...labelled("print-paper", text("print_paper"), this.sheet),
      ...labelled("print-scale", text("print_scale"), this.scale),
      ...labelled("print-grid", text("print_grid"), this.grid),
      this.ground,
      this.reason,
      element("div", { class: "measure-buttons" }, this.link, fit, page),
    );
    this.room.addEventListener("input", () => {
      this.show();
    });
    this.sheet.addEventListener("change", () => {
      this.proposeScales();
      this.show();
    });
    fit.addEventListener("click", () => {
      this.fit();
    });
    page.addEventListener("click", () => {
      this.printPage();
    });
    map.getView().on(["change:center", "change:resolution"], () => {
      if (this.active) this.show();
    });
    map.on("moveend", () => {
      if (this.active) this.proposeScales();
    });
    map.on("change:size", () => {
      if (this.active) this.show();
    });
    byId("layers").addEventListener("change", () => {
      if (this.active) this.show();
    });
  }

  begin(): void {
    this.active = true;
    this.scale.value = String(this.proposeScales());
    this.drawn.setVisible(true);
    this.show();
  }

  end(): void {
    this.active = false;
    this.drawn.setVisible(false);
  }

  private get chosenSheet(): PrintSheet {
    return this.config.sheets[Number(this.sheet.value)]!;
  }

  /** Offer the scales, the one nearest to the view marked; what was chosen stays chosen. */
  private proposeScales(): number {
    const [width, height] = this.freeGround();
    const nearest = nearestScale(this.config.scales, this.chosenSheet, width, height);
    const chosen = this.scale.value;
    this.scale.replaceChildren(
      ...this.config.scales.map((scale) => {
        const name = `1:${number(scale, 0)}`;
        return element("option", { value: scale }, scale === nearest ? text("print_nearest", { scale: name }) : name);
      }),
    );
    if (chosen) this.scale.value = chosen;
    return nearest;
  }

  /** Draw the frame, tell its size, and renew the PDF's address. */
  private show(): void {
    const [sheet, scale, middle] = [this.chosenSheet, Number(this.scale.value), this.middle()];
    const ring = corners(middle, sheet, scale).map((place) => fromLonLat(place));
    const source = this.drawn.getSource()!;
    source.clear();
    source.addFeature(new Feature(new Polygon([EVERYWHERE, [...ring, ring[0]!]])));
    const [width, height] = groundSize(sheet, scale);
    this.ground.textContent = text("print_ground", { width: distance(width), height: distance(height) });
    const layers = this.layers();
    const reason = layers.length === 0 ? text("print_no_layers") : printable(middle, this.config) ? "" : text("print_too_far");
    if (this.reason.textContent !== reason) this.reason.textContent = reason;
    const address = printAddress(this.config.url, { layers: [...this.under, ...layers], sheet, scale, middle, grid: this.grid.value, title: this.title.value, language: this.language });
    if (reason) this.link.removeAttribute("href");
    else this.link.href = address;
    for (const [name, value] of [["role", "link"], ["aria-disabled", "true"]] as const) {
      if (reason) this.link.setAttribute(name, value);
      else this.link.removeAttribute(name);
    }
  }

  /** The browser's own print, without the frame that is meant for the PDF. */
  private printPage(): void {
    this.drawn.setVisible(false);
    this.map.renderSync();
    window.print();
    this.drawn.setVisible(this.active);
  }

  /** Zoom so that the whole frame is seen. */
  private fit(): void {
    const view = this.map.getView();
    const ring = corners(this.middle(), this.chosenSheet, Number(this.scale.value)).map((place) => fromLonLat(place));
    view.fit(new Polygon([[...ring, ring[0]!]]), { padding: [...this.covered()], duration: 300 });
  }

  /** The middle of what nothing covers, in the legal grid. */
  private middle(): GridPlace {
    const view = this.map.getView();
    const [x, y] = view.getCenter() ?? [0, 0];
    const [top, right, bottom, left] = this.covered();
    const resolution = view.getResolution() ?? 1;
    const [lon, lat] = toLonLat([x! + ((left - right) / 2) * resolution, y! + ((bottom - top) / 2) * resolution]) as [number, number];
    return toGrid(lon, lat);
  }

  /** Metres across and up of what nothing covers. */
  private freeGround(): [width: number, height: number] {
    const view = this.map.getView();
    const [width = 1, height = 1] = this.map.getSize() ?? [];
    const [top, right, bottom, left] = this.covered();
    const [, lat] = toLonLat(view.getCenter() ?? [0, 0]) as [number, number];
    const metres = (view.getResolution() ?? 1) * Math.cos((lat * Math.PI) / 180);
    return [Math.max(width - left - right, 1) * metres, Math.max(height - top - bottom, 1) * metres];
  }

  /** Pixels at each side of the map that panels lie over. */
  private covered(): [top: number, right: number, bottom: number, left: number] {
    const [width = 0, height = 0] = this.map.getSize() ?? [];
    if (window.matchMedia(PHONE).matches) return [64, 16, Math.min(byId("drawer").offsetHeight + 8, height * 0.7), 16];
    return width > 1000 ? [72, 424, 48, 388] : [40, 40, 60, 40];
  }
}

function choice(id: string, options: readonly (readonly [value: string, title: string])[]): HTMLSelectElement {
  return element("select", { id }, ...options.map(([value, title]) => element("option", { value }, title)));
}

function labelled(id: string, title: string, field: HTMLElement): HTMLElement[] {
  return [element("label", { for: id }, title), field];
}

function frameStyle(): Style[] {
  return [
    new Style({ fill: new Fill({ color: "rgba(22, 38, 43, 0.28)" }), stroke: new Stroke({ color: "rgba(255, 255, 255, 0.9)", width: 5 }) }),
    new Style({ stroke: new Stroke({ color: colour("--measure"), width: 2 }) }),
  ];
}
