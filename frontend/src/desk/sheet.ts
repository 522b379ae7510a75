/** A map of parcels in the legal grid: the fabric, what an operation would make of it, and what is being drawn. */
import OlMap from "ol/Map";
import View from "ol/View";
import Feature from "ol/Feature";
import ScaleLine from "ol/control/ScaleLine";
import Zoom from "ol/control/Zoom";
import { boundingExtent, buffer, createEmpty, extend, isEmpty, type Extent } from "ol/extent";
import GeoJSON from "ol/format/GeoJSON";
import LineString from "ol/geom/LineString";
import Point from "ol/geom/Point";
import Polygon from "ol/geom/Polygon";
import VectorLayer from "ol/layer/Vector";
import { register } from "ol/proj/proj4";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, RegularShape, Stroke, Style, Text } from "ol/style";
import proj4 from "proj4";
import { LEGAL_CRS } from "../shared/grid";
import { number } from "../shared/format";
import { text } from "../shared/texts";
import type { FabricParcel, Finding, Preview } from "./api";
import type { Fabric, Place, Snap } from "./fabric";

register(proj4);

const INK = "#16262b";
const NEW = "#0b6e69";
const CHANGED = "#a35a00";
const FAILING = "#b3261e";
/** Metres on the screen's pixel below which labels and points are drawn. */
const LABELS = 0.6;
const POINTS = 0.35;
const SMALLEST_SPAN = 30;
const FONT = 'system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';

type Layer = VectorLayer<VectorSource>;

export class SheetMap {
  readonly map: OlMap;
  readonly view: View;
  private readonly parcels = new VectorSource();
  private readonly corners = new VectorSource();
  private readonly outcome = new VectorSource();
  private readonly failing = new VectorSource();
  private readonly sketch = new VectorSource();
  private chosen: ReadonlySet<string> = new Set();
  /** Parcels that what is previewed draws over. */
  private covered: ReadonlySet<string> = new Set();

  /** *view*: of another map that moves with this one. */
  constructor(target: HTMLElement, view?: View) {
    this.view = view ?? new View({ projection: LEGAL_CRS, center: [430_000, 2_317_000], resolution: 1, minResolution: 0.005, maxResolution: 40, enableRotation: false });
    const layers: Layer[] = [
      layerOf(this.parcels, (feature, resolution) => this.parcelStyle(feature, resolution), { labelled: true }),
      layerOf(this.corners, () => CORNER, { maxResolution: POINTS }),
      layerOf(this.outcome, outcomeStyle, { labelled: true }),
      layerOf(this.sketch, sketchStyle),
      layerOf(this.failing, () => FAILING_STYLE),
    ];
    this.map = new OlMap({
      target,
      layers,
      view: this.view,
      controls: [new ScaleLine({ minWidth: 70 }), new Zoom({ zoomInTipLabel: text("zoom_in"), zoomOutTipLabel: text("zoom_out") })],
    });
    new ResizeObserver(() => {
      this.map.updateSize();
    }).observe(target);
  }

  showFabric(fabric: Fabric): void {
    this.parcels.clear();
    this.corners.clear();
    this.parcels.addFeatures(
      [...fabric.parcels.values()].map((parcel) => {
        const feature = new Feature<Polygon>({ geometry: polygon(fabric.rings(parcel)), parcel });
        feature.setId(parcel.identifier);
        return feature;
      }),
    );
    this.corners.addFeatures([...fabric.points.values()].map((place) => new Feature(new Point([...place]))));
  }

  choose(identifiers: Iterable<string>): void {
    this.chosen = new Set(identifiers);
    this.parcels.changed();
  }

  /** What *preview* would make, and where it fails; null: nothing. */
  showPreview(preview: Preview | null): void {
    this.outcome.clear();
    this.failing.clear();
    this.covered = new Set(preview ? [...preview.ended, ...preview.parcels.filter((one) => !one.refined).map((one) => one.label)] : []);
    this.parcels.changed();
    if (!preview) return;
    for (const one of preview.parcels) {
      const kind = one.new ? "new" : one.refined ? "refined" : "changed";
      this.outcome.addFeature(new Feature({ geometry: polygon(one.rings.map(closed)), kind, label: outcomeTitle(one.label, one.new), area: one.area_m2 }));
    }
    for (const { at, was } of preview.points) {
      this.outcome.addFeature(new Feature({ geometry: new Point([...at]), kind: "point" }));
      if (was) this.outcome.addFeature(new Feature({ geometry: new LineString([[...was], [...at]]), kind: "moved" }));
    }
    for (const finding of preview.findings) if (finding.where) this.failing.addFeatures(places(finding));
  }

  showSketch(line: readonly Place[], snap: Snap | null, numbered: readonly Place[] = []): void {
    this.sketch.clear();
    const through = snap ? [...line, snap.place] : line;
    if (through.length > 1) this.sketch.addFeature(new Feature({ geometry: new LineString(through.map((place) => [...place])), kind: "line" }));
    for (const place of line) this.sketch.addFeature(new Feature({ geometry: new Point([...place]), kind: "vertex" }));
    numbered.forEach((place, index) => {
      this.sketch.addFeature(new Feature({ geometry: new Point([...place]), kind: "number", label: String(index + 1) }));
    });
    if (snap) this.sketch.addFeature(new Feature({ geometry: new Point([...snap.place]), kind: snap.kind }));
  }

  /** Metres that *pixels* are at the scale shown. */
  metres(pixels: number): number {
    return (this.view.getResolution() ?? 1) * pixels;
  }

  fit(extent: Extent = this.parcels.getExtent() ?? createEmpty()): void {
    if (isEmpty(extent)) return;
    this.map.updateSize();
    const span = Math.max(extent[2]! - extent[0]!, extent[3]! - extent[1]!);
    this.view.fit(buffer(extent, Math.max(span * 0.08, (SMALLEST_SPAN - span) / 2)), { size: this.map.getSize() ?? [400, 400] });
  }

  fitParcels(identifiers: Iterable<string>): void {
    const extent = createEmpty();
    for (const identifier of identifiers) {
      const geometry = this.parcels.getFeatureById(identifier)?.getGeometry();
      if (geometry) extend(extent, buffer(geometry.getExtent(), 12));
    }
    this.fit(extent);
  }

  fitFinding(finding: Finding): void {
    const extent = createEmpty();
    for (const place of places(finding)) extend(extent, place.getGeometry()!.getExtent());
    this.fit(extent);
  }

  /** How many parcels, results and failing places are drawn; for tests. */
  get counts(): { readonly parcels: number; readonly outcomes: number; readonly failing: number } {
    return { parcels: this.parcels.getFeatures().length, outcomes: this.outcome.getFeatures().length, failing: this.failing.getFeatures().length };
  }

  private parcelStyle(feature: Feature, resolution: number): Style[] {
    const parcel = feature.get("parcel") as FabricParcel;
    const chosen = this.chosen.has(parcel.identifier);
    const styles = [
      new Style({
        fill: new Fill({ color: chosen ? "rgba(11, 110, 105, 0.16)" : parcel.editable ? "#fffefb" : "#eceeec" }),
        stroke: new Stroke({ color: chosen ? NEW : "#5f7075", width: chosen ? 2.6 : 1 }),
        zIndex: chosen ? 1 : 0,
      }),
    ];
    if (resolution > LABELS || this.covered.has(parcel.identifier)) return styles;
    const uses = `${parcel.land_use} ${number(Number(parcel.legal_area_m2), 1)}`;
    styles.push(new Style({ text: label(String(parcel.number), uses, INK), zIndex: 2 }));
    return styles;
  }
}

/** What a preview calls a parcel: those yet to get an identifier are numbered. */
export function outcomeTitle(label: string, born: boolean): string {
  return born ? text("desk_new_parcel", { label }) : label;
}

export function extentOf(preview: Preview): Extent {
  const changed = preview.parcels.filter((one) => !one.refined);
  return boundingExtent((changed.length > 0 ? changed : preview.parcels).flatMap((one) => one.rings.flatMap((ring) => ring.map((place) => [...place]))));
}

function closed(ring: readonly Place[]): readonly Place[] {
  return [...ring, ring[0]!];
}

function polygon(rings: readonly (readonly Place[])[]): Polygon {
  return new Polygon(rings.map((ring) => ring.map((place) => [...place])));
}

function places(finding: Finding): Feature[] {
  return finding.where ? new GeoJSON().readFeatures({ type: "Feature", geometry: finding.where, properties: null }) : [];
}

function layerOf(source: VectorSource, style: (feature: Feature, resolution: number) => Style | Style[], { maxResolution = Infinity, labelled = false } = {}): Layer {
  return new VectorLayer({ source, maxResolution, style: (feature, resolution) => style(feature as Feature, resolution), updateWhileInteracting: true, declutter: labelled && "labels" });
}

/** Two lines, shown together or not at all. */
function label(name: string, below: string, colour: string): Text {
  const words = [name, `600 13px ${FONT}`, "\n", "", below, `400 11px ${FONT}`];
  return new Text({ text: words, font: `400 12px ${FONT}`, fill: new Fill({ color: colour }), stroke: new Stroke({ color: "rgba(255, 255, 255, 0.85)", width: 3 }) });
}

function dot(radius: number, fill: string, stroke: string): Circle {
  return new Circle({ radius, declutterMode: "none", fill: new Fill({ color: fill }), stroke: new Stroke({ color: stroke, width: 1.6 }) });
}

const CORNER = new Style({ image: dot(2.6, "#ffffff", "#5f7075") });

const FAILING_STYLE = new Style({
  fill: new Fill({ color: "rgba(179, 38, 30, 0.32)" }),
  stroke: new Stroke({ color: FAILING, width: 3, lineDash: [7, 4] }),
  image: new RegularShape({ points: 4, radius: 13, radius2: 0, angle: Math.PI / 4, stroke: new Stroke({ color: FAILING, width: 4 }) }),
  zIndex: 5,
});

function outcomeStyle(feature: Feature, resolution: number): Style[] {
  const kind = feature.get("kind") as string;
  if (kind === "point") return [new Style({ image: dot(4.5, NEW, "#ffffff"), zIndex: 4 })];
  if (kind === "moved") return [new Style({ stroke: new Stroke({ color: CHANGED, width: 2, lineDash: [5, 4] }) })];
  if (kind === "refined") return [new Style({ stroke: new Stroke({ color: "#52646a", width: 1.4, lineDash: [2, 4] }) })];
  const colour = kind === "new" ? NEW : CHANGED;
  const styles = [
    new Style({
      fill: new Fill({ color: kind === "new" ? "rgba(190, 228, 216, 0.92)" : "rgba(250, 226, 190, 0.9)" }),
      stroke: new Stroke({ color: colour, width: 2.4 }),
      zIndex: kind === "new" ? 2 : 1,
    }),
  ];
  if (resolution < LABELS) {
    styles.push(new Style({ text: label(feature.get("label") as string, `${number(feature.get("area") as number, 2)} m²`, colour), zIndex: 3 }));
  }
  return styles;
}

function sketchStyle(feature: Feature): Style[] {
  const kind = feature.get("kind") as string;
  if (kind === "line") return [new Style({ stroke: new Stroke({ color: "#ffffff", width: 5 }) }), new Style({ stroke: new Stroke({ color: INK, width: 2.2, lineDash: [8, 5] }) })];
  if (kind === "number") return [new Style({ image: dot(9, INK, "#ffffff"), text: new Text({ text: feature.get("label") as string, font: `600 11px ${FONT}`, fill: new Fill({ color: "#ffffff" }), offsetY: 1 }), zIndex: 6 })];
  if (kind === "point") return [new Style({ image: new RegularShape({ points: 4, radius: 11, angle: Math.PI / 4, stroke: new Stroke({ color: NEW, width: 2.6 }) }), zIndex: 7 })];
  if (kind === "side") return [new Style({ image: new RegularShape({ points: 4, radius: 9, stroke: new Stroke({ color: NEW, width: 2.6 }) }), zIndex: 7 })];
  return [new Style({ image: dot(4, kind === "vertex" ? INK : "#ffffff", kind === "vertex" ? "#ffffff" : INK), zIndex: 6 })];
}
