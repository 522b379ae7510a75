/** Maps of the administration: a record's geometry in the reference system it is stored in, over the coast. */
import "./admin.css";
import Feature from "ol/Feature";
import Map from "ol/Map";
import View from "ol/View";
import { ScaleLine } from "ol/control";
import { boundingExtent, buffer, getCenter, isEmpty, type Extent } from "ol/extent";
import GeoJSON from "ol/format/GeoJSON";
import MultiPolygon from "ol/geom/MultiPolygon";
import Point from "ol/geom/Point";
import VectorLayer from "ol/layer/Vector";
import { get as projection, transform, transformExtent, type ProjectionLike } from "ol/proj";
import { register } from "ol/proj/proj4";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Stroke, Style, Text } from "ol/style";
import proj4 from "proj4";
import "../shared/grid";
import type { Place } from "../shared/places";

interface MapConfig {
  readonly srid: number;
  readonly geometry: object | null;
  /** Layer whose features are drawn palely around; empty: none. */
  readonly context: string;
  /** Name of the inputs that a click fills; empty: the map is only looked at. */
  readonly edits: string;
  /** The archipelagos. */
  readonly places: readonly Place[];
}

/** Metres around a shape, at least. */
const MARGIN = 40;
const DEGREE = 111_320;
const MOST_AROUND = 400;
/** The province, in degrees: shown where there is no geometry yet. */
const PROVINCE: Extent = [106.4, 20.6, 108.1, 21.7];
const SHAPE = new Style({
  fill: new Fill({ color: "rgba(11, 110, 105, 0.22)" }),
  stroke: new Stroke({ color: "#0b6e69", width: 2.2 }),
  image: new Circle({ radius: 7, fill: new Fill({ color: "#0b6e69" }), stroke: new Stroke({ color: "#ffffff", width: 2 }) }),
});
const AROUND = new Style({
  stroke: new Stroke({ color: "rgba(82, 100, 106, 0.55)", width: 1 }),
  image: new Circle({ radius: 3, fill: new Fill({ color: "rgba(82, 100, 106, 0.55)" }) }),
});
const LAND = new Style({ fill: new Fill({ color: "#f1efe6" }), stroke: new Stroke({ color: "#b9b8a8", width: 0.8 }) });

register(proj4);
for (const canvas of document.querySelectorAll<HTMLElement>(".admin-map-canvas")) draw(canvas);

function draw(canvas: HTMLElement): void {
  const config = JSON.parse(canvas.querySelector("script")?.textContent ?? "{}") as MapConfig;
  const crs = projection(`EPSG:${config.srid}`);
  if (!crs) return;
  const shapes = new VectorSource({ features: config.geometry ? new GeoJSON().readFeatures({ type: "Feature", geometry: config.geometry, properties: {} }) : [] });
  const around = new VectorLayer({ source: new VectorSource(), style: AROUND });
  const extent = shown(shapes, crs);
  const view = new View({ projection: crs, center: getCenter(extent), minResolution: crs.getUnits() === "degrees" ? 1e-7 : 0.01 });
  const map = new Map({
    target: canvas,
    view,
    layers: [coast(crs, extent), around, new VectorLayer({ source: shapes, style: SHAPE }), islands(config.places, crs)],
    controls: undefined,
  });
  map.addControl(new ScaleLine());
  view.fit(extent, { padding: [24, 24, 24, 24] });
  map.once("rendercomplete", () => { canvas.dataset.drawn = String(shapes.getFeatures().length); });
  if (config.context) void surround(around, config.context, extent, crs);
  if (config.edits) edit(map, shapes, config.edits);
}

/** What the view begins with: the shape with some room, or the province. */
function shown(shapes: VectorSource, crs: NonNullable<ReturnType<typeof projection>>): Extent {
  const box = shapes.getExtent();
  if (!box || isEmpty(box) && shapes.isEmpty()) return transformExtent(PROVINCE, "EPSG:4326", crs);
  const unit = crs.getUnits() === "degrees" ? DEGREE : 1;
  const single = shapes.getFeatures().every((one) => one.getGeometry() instanceof Point);
  const size = Math.max(box[2]! - box[0]!, box[3]! - box[1]!);
  return buffer(box, single ? (unit === 1 ? 60 : 0.05) : Math.max(size * 0.15, MARGIN / unit));
}

function coast(crs: ProjectionLike, near: Extent): VectorLayer {
  const source = new VectorSource();
  const wide = buffer(transformExtent(near, crs, "EPSG:4326"), 12);
  void import("virtual:coast").then(({ default: rings }) => {
    for (const polygon of rings) {
      const box = boundingExtent(polygon[0]!);
      if (box[0]! > wide[2]! || box[2]! < wide[0]! || box[1]! > wide[3]! || box[3]! < wide[1]!) continue;
      const places = polygon.map((ring) => ring.map((place) => transform(place, "EPSG:4326", crs)));
      source.addFeature(new Feature(new MultiPolygon([places])));
    }
  });
  return new VectorLayer({ source, style: LAND });
}

/** Archipelagos of Vietnam, named wherever a map reaches them. */
function islands(places: readonly Place[], crs: ProjectionLike): VectorLayer {
  const features = places.map(({ name, lon, lat }) => new Feature({ geometry: new Point(transform([lon, lat], "EPSG:4326", crs)), name }));
  return new VectorLayer({
    source: new VectorSource({ features }),
    style: (feature) =>
      new Style({
        text: new Text({ text: feature.get("name") as string, font: 'italic 12px Georgia, "Noto Serif", serif', fill: new Fill({ color: "#54838c" }) }),
      }),
  });
}

/** Draw the neighbours, as this viewer may see them. */
async function surround(layer: VectorLayer, name: string, extent: Extent, crs: ProjectionLike): Promise<void> {
  const box = transformExtent(extent, crs, "EPSG:4326");
  const answer = await fetch(`/ogc/collections/${name}/items?bbox=${box.join(",")}&limit=${MOST_AROUND}`, { headers: { Accept: "application/geo+json" } });
  if (!answer.ok) return;
  layer.getSource()?.addFeatures(new GeoJSON().readFeatures(await answer.json(), { dataProjection: "EPSG:4326", featureProjection: crs }));
}

/** A click fills the inputs of longitude and latitude; what is typed there moves the mark. */
function edit(map: Map, shapes: VectorSource, name: string): void {
  const [lon, lat] = ["lon", "lat"].map((part) => document.querySelector<HTMLInputElement>(`input[name="${name}_${part}"]`));
  if (!lon || !lat) return;
  const place = (at: number[]): void => {
    shapes.clear();
    shapes.addFeature(new Feature(new Point(at)));
  };
  const typed = (): void => {
    const at = [lon, lat].map((input) => Number(input.value.replace(",", ".")));
    if (lon.value && lat.value && at.every(Number.isFinite)) place(at);
  };
  lon.addEventListener("change", typed);
  lat.addEventListener("change", typed);
  map.on("singleclick", (event) => {
    const separator = document.documentElement.lang === "vi" ? "," : ".";
    [lon, lat].forEach((input, axis) => { input.value = event.coordinate[axis]!.toFixed(6).replace(".", separator); });
    place(event.coordinate);
  });
}
