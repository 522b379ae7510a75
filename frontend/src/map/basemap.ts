/** What lies under the data: the sea, the coast around it, names for orientation, and the net of degrees. */
import Feature from "ol/Feature";
import MultiPolygon from "ol/geom/MultiPolygon";
import Point from "ol/geom/Point";
import Graticule from "ol/layer/Graticule";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { Fill, Stroke, Style, Text } from "ol/style";
import { fromLonLat } from "ol/proj";
import { number } from "../shared/format";
import { colour } from "./palette";
import { FONT } from "./symbols";

/** Seas, archipelagos and cities around the province: name, lon, lat, kind, most metres a pixel to be shown at. */
const PLACES: readonly [name: string, lon: number, lat: number, kind: "sea" | "islands" | "city", most: number][] = [
  ["Biển Đông", 113.6, 15.2, "sea", 20_000],
  ["Vịnh Bắc Bộ", 107.75, 19.75, "sea", 3_000],
  ["Vịnh Hạ Long", 107.12, 20.83, "sea", 220],
  ["Vịnh Bái Tử Long", 107.38, 20.98, "sea", 160],
  ["Quần đảo Hoàng Sa\n(Việt Nam)", 111.9, 16.5, "islands", 6_000],
  ["Quần đảo Trường Sa\n(Việt Nam)", 113.6, 9.9, "islands", 6_000],
  ["Hà Nội", 105.85, 21.03, "city", 2_600],
  ["Hải Phòng", 106.68, 20.86, "city", 1_300],
  ["Đà Nẵng", 108.21, 16.06, "city", 4_000],
  ["Đảo Bạch Long Vĩ", 107.72, 20.13, "city", 1_000],
];

/** The layers under the data, lowest first. The coast arrives a moment later. */
export function baseLayers(): [coast: VectorLayer, net: Graticule, names: VectorLayer] {
  return [coastLayer(), degreeNet(), nameLayer()];
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
    lonLabelFormatter: (value) => `${number(value)}°Đ`,
    latLabelFormatter: (value) => `${number(value)}°B`,
    lonLabelPosition: 1,
    latLabelPosition: 1,
    lonLabelStyle: lon,
    latLabelStyle: lat,
    minZoom: 4,
    maxZoom: 11.5,
  });
}

function nameLayer(): VectorLayer {
  const layer = new VectorLayer({
    zIndex: 49,
    declutter: true,
    source: new VectorSource({
      features: PLACES.map(([name, lon, lat, kind, most]) => new Feature({ geometry: new Point(fromLonLat([lon, lat])), name, kind, most })),
    }),
    style: (feature, resolution) =>
      resolution > (feature.get("most") as number) ? undefined : placeStyle(feature.get("name") as string, feature.get("kind") as string),
  });
  layer.set("name", "places");
  return layer;
}

function placeStyle(name: string, kind: string): Style {
  const sea = kind !== "city";
  return new Style({
    text: new Text({
      text: sea && !name.includes("\n") ? name.split("").join("\u200a") : name,
      font: sea ? `italic 500 ${kind === "sea" ? 15 : 12}px Georgia, "Noto Serif", "DejaVu Serif", serif` : `500 12px ${FONT}`,
      fill: new Fill({ color: colour(sea ? "--sea-name" : "--ink-soft") }),
      stroke: new Stroke({ color: colour(sea ? "--sea" : "--land-far"), width: sea ? 2 : 3 }),
    }),
  });
}
