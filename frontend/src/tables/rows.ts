/** The rows of the page on the map: each as its layer's style draws it, and one of them marked. */
import type Feature from "ol/Feature";
import type { FeatureLike } from "ol/Feature";
import type OlMap from "ol/Map";
import Point from "ol/geom/Point";
import type Geometry from "ol/geom/Geometry";
import { createEmpty, extend, getCenter, getHeight, getWidth, type Extent } from "ol/extent";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Stroke, Style } from "ol/style";
import type { LayerConfig } from "../shared/config";
import { colour } from "../map/palette";
import { ruleFinder } from "../map/rules";
import { featureStyle } from "../map/symbols";

/** Pixels below which an area is drawn as a dot, so that it is seen at all. */
const SMALL = 9;

export class Rows {
  private readonly source = new VectorSource();
  private readonly marked = new VectorSource();

  constructor(
    private readonly map: OlMap,
    config: LayerConfig,
  ) {
    const layer = new VectorLayer({ source: this.source, zIndex: 200, style: rowStyle(config) });
    layer.set("name", "rows");
    map.addLayer(layer);
    map.addLayer(new VectorLayer({ source: this.marked, zIndex: 210, style: markStyle }));
  }

  fill(features: readonly Feature[]): void {
    this.source.clear(true);
    this.source.addFeatures(features.filter((feature) => feature.getGeometry()));
  }

  get count(): number {
    return this.source.getFeatures().length;
  }

  /** The key of the row that is marked; empty where none is. */
  get markedKey(): string {
    return String(this.marked.getFeatures()[0]?.getId() ?? "");
  }

  extent(): Extent {
    return this.source.getFeatures().reduce((all, feature) => extend(all, feature.getGeometry()!.getExtent()), createEmpty());
  }

  /** Mark the row *key*, or none; one that is out of sight is brought into view. */
  mark(key: string | null): void {
    this.marked.clear(true);
    const feature = key === null ? null : this.source.getFeatureById(key);
    if (!feature) return;
    this.marked.addFeature(feature);
    const extent = feature.getGeometry()!.getExtent();
    const view = this.map.getView();
    if (!view.isDef()) return;
    const [west, south, east, north] = view.calculateExtent(this.map.getSize()) as [number, number, number, number];
    const [x, y] = getCenter(extent) as [number, number];
    if (x < west || x > east || y < south || y > north) view.animate({ center: [x, y], duration: 250 });
  }

  /** The key of the row under a pixel. */
  at(pixel: number[]): string | null {
    const options = { hitTolerance: 6, layerFilter: (layer: { get(name: string): unknown }) => layer.get("name") === "rows" };
    const found = this.map.forEachFeatureAtPixel(pixel, (feature) => feature.getId(), options);
    return found === undefined ? null : String(found);
  }
}

function small(geometry: Geometry, resolution: number): boolean {
  const extent = geometry.getExtent();
  return Math.max(getWidth(extent), getHeight(extent)) < SMALL * resolution;
}

/** By the layer's rules; an area too small to be seen as a dot of its colour. */
function rowStyle(config: LayerConfig): (feature: FeatureLike, resolution: number) => Style | undefined {
  const full = featureStyle(config.style);
  const find = ruleFinder(config.style);
  return (feature, resolution) => {
    const geometry = (feature as Feature).getGeometry()!;
    if (geometry.getType().endsWith("Point") || !small(geometry, resolution)) return full(feature, resolution) ?? fallback();
    const rule = find(config.style.field ? feature.get(config.style.field) : undefined);
    const dot = new Style({ image: new Circle({ radius: 4.5, fill: new Fill({ color: rule?.fill ?? colour("--accent") }), stroke: new Stroke({ color: colour("--ink"), width: 1 }) }) });
    dot.setGeometry(new Point(getCenter(geometry.getExtent())));
    return dot;
  };
}

/** What the usual style leaves out, as the archive's storms, is still a row of the list. */
function fallback(): Style {
  const stroke = new Stroke({ color: colour("--accent"), width: 1.5 });
  return new Style({ stroke, image: new Circle({ radius: 4, stroke, fill: new Fill({ color: "rgba(11, 110, 105, 0.25)" }) }) });
}

function markStyle(feature: FeatureLike, resolution: number): Style[] {
  const geometry = (feature as Feature).getGeometry()!;
  const halo = new Stroke({ color: "rgba(255, 255, 255, 0.9)", width: 7, lineJoin: "round" });
  const line = new Stroke({ color: colour("--accent"), width: 3, lineJoin: "round" });
  const ringed = geometry.getType().endsWith("Point") || small(geometry, resolution);
  return [halo, line].map((stroke) => {
    const style = new Style({ stroke, image: new Circle({ radius: 11, stroke }) });
    if (ringed) style.setGeometry(new Point(getCenter(geometry.getExtent())));
    return style;
  });
}
