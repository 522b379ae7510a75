/** What lies under the data: the sea, the coast around it, names for orientation, and the net of degrees. */
import Feature from "ol/Feature";
import MultiPolygon from "ol/geom/MultiPolygon";
import Point from "ol/geom/Point";
import Graticule from "ol/layer/Graticule";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Stroke, Style, Text } from "ol/style";
import { fromLonLat } from "ol/proj";
import { meridian, parallel } from "../shared/format";
import { isArchipelago, writtenAt, type Place } from "../shared/places";
import { colour } from "./palette";
import { denominator } from "./rules";
import { FONT, SCALE_LATITUDE } from "./symbols";

/** What lies under the data, or orders it, lowest first. */
export interface Base {
  /** Arrives a moment later. */
  readonly coast: VectorLayer;
  readonly net: Graticule;
  /** Seas, countries, provinces and cities. */
  readonly names: VectorLayer;
  /** Hoàng Sa and Trường Sa: never hidden, not by other names either. */
  readonly archipelagos: VectorLayer;
}

export function baseOf(places: readonly Place[]): Base {
  const ours = places.filter(isArchipelago);
  const others = places.filter((place) => !isArchipelago(place));
  return { coast: coastLayer(), net: degreeNet(), names: nameLayer("places", others, true), archipelagos: nameLayer("archipelagos", ours, false) };
}

/** All of them, for a map that switches none. */
export function layersOf({ coast, net, names, archipelagos }: Base): [VectorLayer, Graticule, VectorLayer, VectorLayer] {
  return [coast, net, names, archipelagos];
}

/** Land with pale waterlines along the coast, as on engraved charts. */
function coastLayer(): VectorLayer {
  const source = new VectorSource();
  const lines = [14, 8, 3].map(
    (width) => new Style({ stroke: new Stroke({ color: colour("--sea-line"), width, lineJoin: "round" }) }),
  );
  const land = new Style({ fill: new Fill({ color: colour("--land-far") }), stroke: new Stroke({ color: colour("--coast"), width: 0.8 }) });
  const layer = new VectorLayer({ source, zIndex: 0, style: [...lines, land], updateWhileInteracting: true, updateWhileAnimating: true });
  layer.set("name", "coast");
  void import("virtual:coast").then(({ default: rings }) => {
    const places = rings.map((polygon) => polygon.map((ring) => ring.map((place) => fromLonLat(place))));
    source.addFeatures(places.map((polygon) => new Feature(new MultiPolygon([polygon]))));
  });
  return layer;
}

function degreeNet(): Graticule {
  const label = (halo: string): Text =>
    new Text({
      font: `11px ${FONT}`,
      fill: new Fill({ color: colour("--net-label") }),
      stroke: new Stroke({ color: halo, width: 2 }),
    });
  const lon = label(colour("--sea"));
  lon.setTextBaseline("top");
  lon.setOffsetY(4);
  const lat = label(colour("--sea"));
  lat.setTextAlign("end");
  lat.setOffsetX(-6);
  return new Graticule({
    zIndex: 1,
    strokeStyle: new Stroke({ color: colour("--net"), width: 1 }),
    showLabels: true,
    wrapX: false,
    intervals: [10, 5, 2, 1, 0.5, 0.25],
    lonLabelFormatter: meridian,
    latLabelFormatter: parallel,
    lonLabelPosition: 1,
    latLabelPosition: 1,
    lonLabelStyle: lon,
    latLabelStyle: lat,
    minZoom: 4,
    maxZoom: 11.5,
  });
}

function nameLayer(name: string, places: readonly Place[], declutter: boolean): VectorLayer {
  const layer = new VectorLayer({
    zIndex: 49,
    declutter,
    source: new VectorSource({ features: places.map((place) => new Feature({ geometry: new Point(fromLonLat([place.lon, place.lat])), place })) }),
    style: (feature, resolution) => {
      const place = feature.get("place") as Place;
      return writtenAt(place, denominator(resolution, SCALE_LATITUDE)) ? placeStyle(place) : undefined;
    },
  });
  layer.set("name", name);
  return layer;
}

const SERIF = 'Georgia, "Noto Serif", "DejaVu Serif", serif';
const FONTS: Readonly<Record<string, string>> = {
  archipelago: `italic 500 12px ${SERIF}`,
  archipelago_island: `italic 500 11px ${SERIF}`,
  sea: `italic 500 15px ${SERIF}`,
  bay: `italic 500 12px ${SERIF}`,
  country: `500 13px ${FONT}`,
  capital: `600 12px ${FONT}`,
  province: `500 11px ${FONT}`,
};
const WET = ["archipelago", "archipelago_island", "sea", "bay"];

function placeStyle({ name, kind, anchor, rank }: Place): Style {
  const wet = WET.includes(kind);
  const wide = kind === "sea" || kind === "bay";
  const beside = anchor === "beside";
  return new Style({
    zIndex: -rank,
    ...(beside && { image: new Circle({ radius: kind === "capital" ? 3.5 : 2.5, fill: new Fill({ color: colour("--land-far") }), stroke: new Stroke({ color: colour("--ink-soft"), width: 1.4 }) }) }),
    text: new Text({
      text: wide ? name.split("").join("\u200a") : name,
      font: FONTS[kind] ?? `500 11px ${FONT}`,
      fill: new Fill({ color: colour(isArchipelago({ kind }) ? "--islands-name" : wet ? "--sea-name" : "--ink-soft") }),
      stroke: new Stroke({ color: colour(wet ? "--sea" : "--land-far"), width: wet ? 2 : 3 }),
      textAlign: beside ? "left" : "center",
      textBaseline: anchor === "above" ? "bottom" : anchor === "below" ? "top" : "middle",
      offsetX: beside ? 7 : 0,
      offsetY: anchor === "below" ? 4 : anchor === "above" ? -4 : 0,
    }),
  });
}
