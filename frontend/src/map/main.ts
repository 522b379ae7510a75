/** The live map at `/`. */
import "ol/ol.css";
import "./map.css";
import "./tools.css";
import OlMap from "ol/Map";
import View from "ol/View";
import ScaleLine from "ol/control/ScaleLine";
import { boundingExtent, getCenter } from "ol/extent";
import { fromLonLat, toLonLat, transformExtent } from "ol/proj";
import { readConfig, type LayerConfig, type MapConfig } from "../shared/config";
import { byId, element } from "../shared/dom";
import { LiveFeed, type LiveEvent } from "../shared/live";
import { useLanguage } from "../shared/format";
import { text, useTexts } from "../shared/texts";
import { AssetMap } from "./assets";
import { kindLegend } from "./assets/glyphs";
import { baseOf, layersOf, type Base } from "./basemap";
import { Card } from "./card";
import { copy } from "./copying";
import { Finder } from "./finder";
import { helpDialog, listenTo, type Shortcut } from "./help";
import { legend } from "./legend";
import { labelsOf } from "./labels";
import { measureTool } from "./measure";
import { Permalink } from "./permalink";
import { Pointer, scaleReadout } from "./pointer";
import { printTool } from "./print";
import { SearchBox } from "./search";
import { sheet } from "./sheet";
import { showState } from "./status";
import { StormMap, viewPadding } from "./storms";
import { Switcher, type Entry } from "./switcher";
import { Tiles } from "./tiles";
import { Toolbar } from "./toolbar";

/** West, south, east, north: where a storm of this coast comes from. */
const REGION = [97, 2, 140, 33];
const LAND = "coast";
const STORM_LAYERS = ["storm_tracks", "storm_fixes", "wind_radii"];

interface Halong {
  readonly map: OlMap;
  readonly storms: StormMap;
  readonly assets: AssetMap | undefined;
}

declare global {
  interface Window {
    /** For the console and for tests: what is on the page. */
    halong?: Halong;
  }
}

function start(config: MapConfig): void {
  useTexts(config.texts);
  useLanguage(config.language);
  const base = baseOf(config.places);
  const map = emptyMap(base);
  const permalink = new Permalink(map);
  if (!permalink.restorePlace()) showHome(map, config);
  const home = toLonLat(getCenter(homeExtent(config))) as [number, number];
  const storms = new StormMap(byId("storm"), map, config.layers, home);
  const rescue = config.layers.find((layer) => layer.liveTopic === "assets");
  const assets = rescue && new AssetMap(byId("assets"), map, rescue);
  const tiled = new Map<string, Tiles>();
  // Land comes with the page and is always there.
  const entries = config.layers.filter(({ name }) => name !== LAND).map((layer): Entry => {
    if (layer === rescue) return assetEntry(layer, assets!);
    if (STORM_LAYERS.includes(layer.name)) return { config: layer, layers: stormLayers(storms, layer) };
    if (layer.name === "place_labels") return { config: layer, layers: [base.names] };
    return tileEntry(layer, map, tiled);
  });
  const changed = (): void => {
    permalink.write();
  };
  const switcher = new Switcher(byId("layers"), entries, map, changed);
  const card = new Card(byId("card"), map, changed);
  const finder = new Finder(map, config.layers, card, switcher);
  const search = new SearchBox(byId("search"), (result) => finder.mark(result), (result) => {
    finder.go(result);
  });
  const pointer = new Pointer(byId("pointer"), map);
  scaleReadout(byId("scale-text"), map);
  tools(map, config, card, pointer, search, permalink, switcher);
  permalink.join({
    layers: () => switcher.chosen(),
    showLayers: (names) => {
      switcher.show(names);
    },
    selection: () => card.selection,
    select: (at, going) => {
      finder.select(at, going);
    },
  });
  byId("attribution").textContent = config.credits.join(" · ");
  sheet(map);
  follow(config, storms, assets, tiled);
  window.halong = { map, storms, assets };
}

function emptyMap(base: Base): OlMap {
  return new OlMap({
    target: byId("map"),
    controls: [new ScaleLine({ target: byId("scale"), minWidth: 90 })],
    layers: layersOf(base),
    view: new View({
      extent: transformExtent(REGION, "EPSG:4326", "EPSG:3857"),
      constrainOnlyCenter: true,
      minZoom: 4.5,
      maxZoom: 20,
      enableRotation: false,
    }),
  });
}

function homeExtent(config: MapConfig): number[] {
  const [west, south, east, north] = config.bounds;
  return boundingExtent([fromLonLat([west, south]), fromLonLat([east, north])]);
}

function showHome(map: OlMap, config: MapConfig, duration = 0): void {
  map.getView().fit(homeExtent(config), { padding: viewPadding(map), duration });
}

function assetEntry(config: LayerConfig, { drawing }: AssetMap): Entry {
  const kinds = config.fields.find((field) => field.name === "kind")?.values ?? {};
  const key = element("div", {}, legend(config.style, config.geometryType), kindLegend(kinds));
  return { config, layers: [drawing.markers, drawing.trails], legend: key };
}

function stormLayers(storms: StormMap, layer: LayerConfig): Entry["layers"] {
  const { tracks, fixes, radii } = storms.drawing;
  return layer.name === "storm_tracks" ? tracks : layer.name === "storm_fixes" ? fixes : radii;
}

function tileEntry(config: LayerConfig, map: OlMap, tiled: Map<string, Tiles>): Entry {
  const tiles = new Tiles(map, config);
  tiled.set(config.name, tiles);
  if (config.style.labels.length > 0) map.addLayer(labelsOf(tiles, map));
  return { config, layers: [tiles.group] };
}

/**
 * The tools beside the map, in the order in which they stand. One that brings a panel (measuring, printing) is a
 * module of its own with a function `xTool(map, …): PanelTool` and one line here: `toolbar.panel(xTool(map));`.
 */
function tools(map: OlMap, config: MapConfig, card: Card, pointer: Pointer, search: SearchBox, permalink: Permalink, switcher: Switcher): void {
  const view = map.getView();
  const zoom = (by: number) => () => {
    view.animate({ zoom: (view.getZoom() ?? 8) + by, duration: 200 });
  };
  const home = (): void => {
    showHome(map, config, 500);
  };
  const toolbar = new Toolbar(byId("tools"), byId("drawer"));
  toolbar.button({ name: "zoom_in", title: text("zoom_in"), icon: "M12 5v14M5 12h14", act: zoom(1) });
  toolbar.button({ name: "zoom_out", title: text("zoom_out"), icon: "M5 12h14", act: zoom(-1) });
  toolbar.button({ name: "whole_province", title: text("whole_province"), icon: "M4 11.500 12 5l8 6.500M6.500 10v9h11v-9", act: home });
  const link = (): void => {
    permalink.write();
    copy(window.location.href);
  };
  const measure = toolbar.panel(
    measureTool(map, (measuring) => {
      card.enabled = !measuring;
      if (measuring) card.close();
    }),
  );
  const print = toolbar.panel(printTool(map, config.print, config.language, [LAND], () => switcher.switchedOn()));
  toolbar.button({ name: "copy_link", title: text("copy_link"), key: "L", icon: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1", act: link });
  const shortcuts: Shortcut[] = [
    { key: "/", title: text("search"), act: () => { search.focus(); } },
    { key: "m", title: text("measure"), act: () => { measure.open(); } },
    { key: "p", title: text("print"), act: () => { print.open(); } },
    { key: "c", title: text("copy_place"), act: () => { pointer.copy(); } },
    { key: "l", title: text("copy_link"), act: link },
    { key: "h", title: text("whole_province"), act: home },
    { key: "?", title: text("help"), act: () => { help.showModal(); } },
  ];
  const help = helpDialog(shortcuts);
  document.body.append(help);
  toolbar.button({ name: "help", title: text("help"), key: "?", icon: "M9 9a3 3 0 1 1 4.500 2.600c-1 .6-1.500 1.200-1.500 2.400M12 17.500v.5", act: () => { help.showModal(); } });
  listenTo(shortcuts, byId("map"));
}

/** Keep storms, assets and tiles as the live feed says. */
function follow(config: MapConfig, storms: StormMap, assets: AssetMap | undefined, tiled: Map<string, Tiles>): void {
  /** A topic named like a layer, and the topic of all layers, say that tiles are old. */
  const changed = (name: unknown, event: LiveEvent): void => {
    tiled.get(String(name))?.refresh(event.at);
  };
  new LiveFeed(config.live, config.live.topics, {
    state: (state) => {
      showState(byId("live"), state);
    },
    snapshot: (topics) => {
      if (topics.storms) storms.snapshot(topics.storms as Parameters<StormMap["snapshot"]>[0]);
      if (topics.assets) assets?.snapshot(topics.assets as Parameters<AssetMap["snapshot"]>[0]);
    },
    event: (topic, event) => {
      if (topic === "storms") storms.event(event);
      else if (topic === "assets") assets?.event(event);
      else changed(topic === "layers" ? (event.payload.layer ?? event.key) : topic, event);
    },
  }).start();
}

start(readConfig());
