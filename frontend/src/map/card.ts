/** The attribute card: everything that lies under a place, in the order of the drawing, top first. */
import GeoJSON from "ol/format/GeoJSON";
import Feature from "ol/Feature";
import Point from "ol/geom/Point";
import { getCenter, isEmpty, type Extent } from "ol/extent";
import type BaseLayer from "ol/layer/Base";
import type OlMap from "ol/Map";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { fromLonLat, toLonLat } from "ol/proj";
import { Circle, Fill, Stroke, Style } from "ol/style";
import type { LayerConfig, StyleConfig } from "../shared/config";
import { byId, element } from "../shared/dom";
import { text } from "../shared/texts";
import { shown } from "../shared/value";
import { swatch } from "./legend";
import { colour } from "./palette";
import { sameSelection, type Selection } from "./address";
import { placeButtons } from "./pointer";
import { ruleFinder } from "./rules";

/** More would not be read. */
const MOST = 12;
/** Pixels around the pointer in which a point or line is still meant. */
const TOLERANCE = 5;
const WEB_MERCATOR = { featureProjection: "EPSG:3857" };

/** Something found under the pointer; *properties* are what the tile or the live feed knew of it. */
interface Hit {
  readonly config: LayerConfig;
  readonly id: string;
  readonly properties: Record<string, unknown>;
}

interface Answer {
  readonly properties: Record<string, unknown>;
  readonly geometry: unknown;
}

/** A feature that somebody looked for: where it is, and what is known of it beforehand. */
export interface Looked {
  readonly config: LayerConfig;
  readonly key: string;
}

export class Card {
  /** False while a click means something else, as in measuring. */
  enabled = true;
  private chosen: Selection | null = null;
  private readonly marked = new VectorLayer({ source: new VectorSource(), zIndex: 300, style: markStyle() });
  /** Counts openings, so that a late answer is not shown in a newer card. */
  private opening = 0;

  constructor(
    private readonly room: HTMLElement,
    private readonly map: OlMap,
    /** Called when another feature is chosen, or none any more. */
    private readonly changed: () => void = () => undefined,
  ) {
    this.marked.set("name", "marked");
    map.addLayer(this.marked);
    map.on("singleclick", (event) => {
      if (this.enabled) void this.open(event.pixel);
    });
    byId("map").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && this.enabled) void this.open(map.getSize()!.map((side) => side / 2));
    });
    map.on("pointermove", (event) => {
      if (!event.dragging) byId("map").classList.toggle("on-marker", this.overMarker(event.pixel));
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
  }

  /** The feature that the card opened with. */
  get selection(): Selection | null {
    return this.chosen;
  }

  /** Show the feature *key* of a layer wherever it is; answers its extent on the map, undefined where it has none. */
  async openFeature({ config, key }: Looked): Promise<Extent | undefined> {
    const turn = ++this.opening;
    const hit: Hit = { config, id: key, properties: {} };
    const part = section(hit, true);
    this.marked.getSource()!.clear();
    this.choose({ layer: config.name, key });
    this.fill(null, [part]);
    const answer = await fullFeature(hit);
    if (turn !== this.opening) return undefined;
    this.complete(part, hit, answer, true);
    part.querySelector(".feature-title")!.textContent = titleOf({ ...hit, properties: answer?.properties ?? {} });
    const extent = this.marked.getSource()!.getExtent();
    if (!extent || isEmpty(extent)) return undefined;
    const [lon, lat] = toLonLat(getCenter(extent));
    this.room.querySelector(".card-place")!.replaceChildren(...placeButtons(lon!, lat!));
    return extent;
  }

  /** Show a place that has no feature of its own. */
  openPlace(lon: number, lat: number): void {
    this.opening++;
    this.choose(null);
    this.marked.getSource()!.clear();
    this.marked.getSource()!.addFeature(new Feature(new Point(fromLonLat([lon, lat]))));
    this.fill([lon, lat], []);
  }

  /** Show what lies under *pixel*, first from what is drawn, then in full from the server. */
  async open(pixel: number[]): Promise<void> {
    const turn = ++this.opening;
    const hits = this.hits(pixel);
    this.marked.getSource()!.clear();
    const [lon, lat] = toLonLat(this.map.getCoordinateFromPixel(pixel));
    const sections = hits.map((hit, index) => section(hit, index === 0));
    this.choose(hits[0] ? { layer: hits[0].config.name, key: hits[0].id } : null);
    this.fill([lon!, lat!], sections.length ? sections : [element("p", { class: "empty" }, text("nothing_here"))]);
    this.keepInSight(pixel);
    await Promise.all(
      hits.map(async (hit, index) => {
        const answer = await fullFeature(hit);
        if (turn !== this.opening) return;
        this.complete(sections[index]!, hit, answer, index === 0);
      }),
    );
  }

  close(): void {
    this.opening++;
    this.choose(null);
    this.room.hidden = true;
    document.body.classList.remove("with-card");
    this.marked.getSource()!.clear();
  }

  private choose(selection: Selection | null): void {
    const before = this.chosen;
    this.chosen = selection;
    if (!sameSelection(before, selection)) this.changed();
  }

  /** Whether a marker lies there; areas lie everywhere and say nothing by a hand. */
  private overMarker(pixel: number[]): boolean {
    return this.map.hasFeatureAtPixel(pixel, { hitTolerance: TOLERANCE, layerFilter: (layer) => configOf(layer)?.geometryType === "Point" });
  }

  /** Points and lines near the pixel, areas only under it. */
  private hits(pixel: number[]): Hit[] {
    const found = new Map<string, Hit>();
    const look = (areas: boolean, hitTolerance: number): void => {
      const layerFilter = (layer: BaseLayer): boolean => {
        const config = configOf(layer);
        return config !== undefined && (config.geometryType === "Polygon") === areas;
      };
      this.map.forEachFeatureAtPixel(
        pixel,
        (feature, layer) => {
          const config = configOf(layer)!;
          const known = (feature.get("id") ?? feature.getId()) as string | number | undefined;
          if (known === undefined) return; // a cell of an overview
          const id = String(known);
          const properties = feature.getProperties() as Record<string, unknown>;
          if (found.size < MOST) found.set(`${config.name}/${id}`, { config, id, properties });
        },
        { hitTolerance, layerFilter },
      );
    };
    look(false, TOLERANCE);
    look(true, 0);
    return [...found.values()].sort((a, b) => b.config.position - a.config.position);
  }

  private fill(place: readonly [number, number] | null, sections: HTMLElement[]): void {
    const closer = element("button", { type: "button", class: "close", "aria-label": text("close") });
    closer.addEventListener("click", () => {
      this.close();
    });
    this.room.replaceChildren(
      element("header", { class: "card-head" }, element("p", { class: "card-place" }, ...(place ? placeButtons(...place) : [])), closer),
      ...sections,
    );
    this.room.hidden = false;
    document.body.classList.add("with-card");
  }

  /** Move the map where the card would lie on the place that it tells of. */
  private keepInSight(pixel: number[]): void {
    const card = this.room.getBoundingClientRect();
    const [x, y] = pixel as [number, number];
    if (x < card.left || x > card.right || y < card.top || y > card.bottom) return;
    const view = this.map.getView();
    const [east, north] = view.getCenter()!;
    const down = y - card.top / 2;
    view.animate({ center: [east!, north! - down * view.getResolution()!], duration: 300 });
  }

  private complete(part: HTMLElement, hit: Hit, answer: Answer | undefined, mark: boolean): void {
    part.removeAttribute("aria-busy");
    if (!answer) {
      part.append(element("p", { class: "empty" }, text("not_loaded")));
      return;
    }
    part.querySelector("dl")?.replaceWith(facts(hit.config, answer.properties));
    if (hit.config.pages) part.append(pageLink(hit));
    if (mark && answer.geometry) {
      const geometry = new GeoJSON(WEB_MERCATOR).readFeature({ type: "Feature", geometry: answer.geometry, properties: {} });
      this.marked.getSource()!.addFeatures([geometry].flat());
    }
  }
}

function configOf(layer: BaseLayer): LayerConfig | undefined {
  return layer.get("config") as LayerConfig | undefined;
}

function section(hit: Hit, open: boolean): HTMLDetailsElement {
  const { config, properties } = hit;
  return element(
    "details",
    { class: "feature", open, "data-layer": config.name, "data-id": hit.id, "aria-busy": "true" },
    element(
      "summary",
      {},
      featureSwatch(config.style, config.geometryType, properties),
      element("span", { class: "feature-title" }, titleOf(hit)),
      element("span", { class: "feature-layer" }, config.title),
    ),
    facts(config, properties),
  );
}

function featureSwatch(style: StyleConfig, geometryType: string, properties: Record<string, unknown>): Node {
  const rule = ruleFinder(style)(style.field ? properties[style.field] : undefined);
  return rule ? swatch(rule, geometryType) : document.createTextNode("");
}

/** Its name if it has one, else its identifier. */
function titleOf(hit: Hit): string {
  const name = hit.config.fields.find((field) => field.name === "name");
  return name ? shown(name, hit.properties.name ?? hit.id) : hit.id;
}

function facts(config: LayerConfig, properties: Record<string, unknown>): HTMLDListElement {
  const known = config.fields.filter((field) => properties[field.name] !== undefined && properties[field.name] !== null);
  return element(
    "dl",
    { class: "facts" },
    ...known.flatMap((field) => [element("dt", {}, field.title), element("dd", {}, shown(field, properties[field.name]))]),
  );
}

/** To the page that tells everything of the feature. */
function pageLink({ config, id }: Hit): HTMLParagraphElement {
  const href = config.pages + id.split("/").map(encodeURIComponent).join("/");
  return element("p", { class: "feature-page" }, element("a", { href }, text("all_details")));
}

async function fullFeature(hit: Hit): Promise<Answer | undefined> {
  try {
    const answer = await fetch(`${hit.config.items}/${encodeURIComponent(hit.id)}`, { headers: { Accept: "application/geo+json" } });
    return answer.ok ? ((await answer.json()) as Answer) : undefined;
  } catch {
    return undefined;
  }
}

function markStyle(): Style[] {
  const line = (width: number, paint: string): Stroke => new Stroke({ color: paint, width, lineJoin: "round" });
  const ring = (stroke: Stroke): Circle => new Circle({ radius: 15, stroke });
  const [halo, mark] = [line(6, "rgba(255, 255, 255, 0.85)"), line(2.5, colour("--accent"))];
  return [
    new Style({ stroke: halo, image: ring(halo) }),
    new Style({ stroke: mark, fill: new Fill({ color: "rgba(11, 122, 117, 0.12)" }), image: ring(mark) }),
  ];
}
