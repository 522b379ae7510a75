/** The map beside a list of rows, or around one row. Lists and details work without it. */
import "./tables.css";
import OlMap from "ol/Map";
import View from "ol/View";
import ScaleLine from "ol/control/ScaleLine";
import Zoom from "ol/control/Zoom";
import GeoJSON from "ol/format/GeoJSON";
import { boundingExtent, isEmpty } from "ol/extent";
import { fromLonLat, transformExtent } from "ol/proj";
import type Feature from "ol/Feature";
import { baseOf, layersOf } from "../map/basemap";
import { labelsOf } from "../map/labels";
import { Tiles } from "../map/tiles";
import type { LayerConfig } from "../shared/config";
import { byId } from "../shared/dom";
import { useLanguage } from "../shared/format";
import type { Place } from "../shared/places";
import { text, useTexts } from "../shared/texts";
import { Rows } from "./rows";
import { TableRows } from "./table";

/** What the page tells its script, as `gis/web/pages/domains/maps.py` writes it. */
interface PlaceConfig {
  readonly language: string;
  readonly bounds: readonly [number, number, number, number];
  readonly places: readonly Place[];
  readonly layer: LayerConfig;
  /** What lies under the layer; null where nothing does. */
  readonly ground: LayerConfig | null;
  readonly credits: readonly string[];
  readonly texts: Readonly<Record<string, string>>;
  /** Address of the rows as GeoJSON: a collection, or one feature. */
  readonly rows: string;
  /** Whether the row's neighbours are drawn around it. */
  readonly around: boolean;
}

/** Where a storm of this coast comes from, as on the live map. */
const REGION = [97, 2, 140, 33];
const PADDING = [28, 28, 28, 28];
const CLOSEST = { list: 16, row: 19, point: 14 };
const PHONE = "(max-width: 900px)";

declare global {
  interface Window {
    /** For the console and for tests: the map of the page, and how many rows it draws. */
    place?: { readonly map: OlMap; readonly rows: Rows };
  }
}

function start(config: PlaceConfig): void {
  useTexts(config.texts);
  useLanguage(config.language);
  const map = emptyMap(config);
  const rows = new Rows(map, config.layer);
  const table = new TableRows(map, rows);
  byId("place-credits").textContent = config.credits.join(" · ");
  window.place = { map, rows };
  fold(map, () => {
    show(map, config, rows);
  });
  void read(config.rows).then((features) => {
    rows.fill(features);
    if (config.around && features[0]) rows.mark(String(features[0].getId()));
    table.join();
    show(map, config, rows);
    byId("place").dataset.rows = String(features.length);
  });
}

function emptyMap(config: PlaceConfig): OlMap {
  const place = byId("place");
  place.hidden = false;
  const map = new OlMap({
    target: byId("place-map"),
    controls: [new ScaleLine({ minWidth: 70 }), new Zoom({ zoomInTipLabel: text("zoom_in"), zoomOutTipLabel: text("zoom_out") })],
    layers: layersOf(baseOf(config.places)),
    view: new View({ extent: transformExtent(REGION, "EPSG:4326", "EPSG:3857"), constrainOnlyCenter: true, minZoom: 3.5, maxZoom: 20, enableRotation: false }),
  });
  const under = [config.ground, config.around ? config.layer : null];
  for (const layer of under) {
    if (!layer) continue;
    const tiles = new Tiles(map, { ...layer, visible: true });
    if (layer.style.labels.length > 0) map.addLayer(labelsOf(tiles, map));
  }
  return map;
}

/** Bring the rows into view; the province where none has a place. */
function show(map: OlMap, config: PlaceConfig, rows: Rows): void {
  map.updateSize();
  if (!map.getSize()?.every((side) => side > 0)) return;
  const [west, south, east, north] = config.bounds;
  const home = boundingExtent([fromLonLat([west, south]), fromLonLat([east, north])]);
  const extent = rows.extent();
  const point = !isEmpty(extent) && extent[0] === extent[2] && extent[1] === extent[3];
  const maxZoom = point ? CLOSEST.point : config.around ? CLOSEST.row : CLOSEST.list;
  map.getView().fit(isEmpty(extent) ? home : extent, { padding: PADDING, maxZoom });
}

/** On a phone map and filters stand above the list, folded until somebody asks for them. */
function fold(map: OlMap, opened: () => void): void {
  const place = byId("place") as HTMLDetailsElement;
  const filters = document.getElementById("narrow") as HTMLDetailsElement | null;
  const phone = window.matchMedia(PHONE);
  for (const folded of [place, filters]) if (folded) folded.open = !phone.matches;
  phone.addEventListener("change", () => {
    for (const folded of [place, filters]) if (folded && !phone.matches) folded.open = true;
  });
  place.addEventListener("toggle", () => {
    if (place.open) opened();
  });
  new ResizeObserver(() => {
    map.updateSize();
  }).observe(byId("place-map"));
}

async function read(address: string): Promise<Feature[]> {
  const answer = await fetch(address, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) return [];
  const collection: unknown = await answer.json();
  return new GeoJSON({ featureProjection: "EPSG:3857" }).readFeatures(collection);
}

start(JSON.parse(byId("config").textContent) as PlaceConfig);
