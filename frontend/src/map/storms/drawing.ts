/** Storms on the map: where they went, how strong they were, how far the wind reached. */
import Feature from "ol/Feature";
import LineString from "ol/geom/LineString";
import Point from "ol/geom/Point";
import Polygon from "ol/geom/Polygon";
import type BaseLayer from "ol/layer/Base";
import VectorLayer from "ol/layer/Vector";
import Overlay from "ol/Overlay";
import type OlMap from "ol/Map";
import { fromLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Stroke, Style, Text } from "ol/style";
import type { LayerConfig, Rule } from "../../shared/config";
import { element, shape } from "../../shared/dom";
import { moment } from "../../shared/format";
import { rgba, ruleFinder } from "../rules";
import { FONT } from "../symbols";
import { colour } from "../palette";
import type { Fix, Storm } from "./tracks";
import { sectors } from "./winds";

/** Of the wind along the whole track: it steps back as one looks closer, so that the land under it stays readable. */
const SWATH_OPACITY = { far: 0.2, near: 0.006 };
/** Of the wind around the selected fix, which has an outline too. */
const AROUND_OPACITY = { far: 0.1, near: 0.01 };
/** Zoom levels between which the opacities fall. */
const FADES = { from: 6, to: 9 };
/** Metres a pixel up to which a fix has its time written beside it. */
const TIMES_UP_TO = 1_300;
/** Metres a pixel up to which a fix has its level written inside. */
const LEVELS_UP_TO = 5_000;

/** The declared storm layers; one that the server does not publish is not drawn. */
export interface StormConfigs {
  readonly tracks: LayerConfig | undefined;
  readonly fixes: LayerConfig | undefined;
  readonly radii: LayerConfig | undefined;
}

export class StormDrawing {
  readonly tracks: VectorLayer[] = [];
  readonly fixes: VectorLayer[] = [];
  readonly radii: VectorLayer[] = [];
  private readonly swaths = new Map<number, VectorLayer>();
  private readonly around: VectorLayer;
  private readonly track: VectorLayer;
  private readonly points: VectorLayer;
  private readonly centre: Overlay;
  private readonly classOf: (fix: Fix) => Rule | undefined;
  private readonly radiusRule: (threshold: number) => Rule | undefined;

  constructor(
    private readonly map: OlMap,
    private readonly configs: StormConfigs,
  ) {
    const { fixes, radii, tracks } = configs;
    const finder = fixes && ruleFinder(fixes.style);
    this.classOf = (fix) => finder?.(fix.windClass);
    this.radiusRule = radii ? ruleFinder(radii.style) : () => undefined;
    for (const threshold of [34, 50, 64]) this.swaths.set(threshold, this.swath(threshold));
    this.around = plainLayer("wind_radii", radii, 71);
    this.track = plainLayer("storm_tracks", tracks, 74);
    this.points = plainLayer("storm_fixes", fixes, 76);
    this.points.setStyle((feature, resolution) => fixStyle(feature.get("fix") as Fix, this.classOf(feature.get("fix") as Fix), resolution));
    this.centre = new Overlay({ element: eye(), positioning: "center-center", stopEvent: false, className: "ol-overlay-container storm-eye-place" });
    map.addOverlay(this.centre);
    this.radii.push(...this.swaths.values(), this.around);
    this.tracks.push(this.track);
    this.fixes.push(this.points);
    for (const layer of [...this.radii, this.track, this.points]) map.addLayer(layer);
    const fade = (): void => {
      this.fade(map.getView().getZoom() ?? 0);
    };
    map.getView().on("change:resolution", fade);
    fade();
    this.points.on("change:visible", () => {
      this.showCentre();
    });
  }

  /** Draw *storms*; the fix at *selected* of the first one is where the wind is shown and the symbol stands. */
  draw(storms: readonly Storm[], selected: number): void {
    const [followed] = storms;
    fill(this.track, storms.flatMap((storm) => this.segments(storm)));
    fill(this.points, storms.flatMap((storm) => storm.fixes.map((fix) => this.point(fix))));
    for (const [threshold, layer] of this.swaths) fill(layer, followed ? radiusFeatures(followed.fixes, threshold) : []);
    this.select(followed?.fixes[selected]);
  }

  /** Move the symbol and the outlined wind to *fix*. */
  select(fix: Fix | undefined): void {
    fill(this.around, fix ? [34, 50, 64].flatMap((threshold) => radiusFeatures([fix], threshold).map((one) => this.outlined(one, threshold))) : []);
    this.centre.set("at", fix && fromLonLat(eastern(fix.place)));
    const rule = fix && this.classOf(fix);
    this.centre.getElement()!.style.setProperty("--class", rule?.fill ?? "#888888");
    this.showCentre();
  }

  private fade(zoom: number): void {
    for (const layer of this.swaths.values()) layer.setOpacity(faded(SWATH_OPACITY, zoom));
  }

  /** The fix that is drawn at *pixel*, if any. */
  fixAt(pixel: number[]): Fix | undefined {
    const options = { hitTolerance: 5, layerFilter: (layer: BaseLayer) => layer === this.points };
    return this.map.forEachFeatureAtPixel(pixel, (feature) => feature.get("fix") as Fix, options);
  }

  private showCentre(): void {
    this.centre.setPosition(this.points.getVisible() ? (this.centre.get("at") as number[] | undefined) : undefined);
  }

  /** All winds of one threshold in one sheet: opaque shapes on a translucent layer, so that overlaps do not add up. */
  private swath(threshold: number): VectorLayer {
    const layer = plainLayer(`wind_radii-${threshold}`, this.configs.radii, 60 + threshold / 10);
    const rule = this.radiusRule(threshold);
    layer.setStyle(new Style({ fill: new Fill({ color: rule?.fill ?? "#2f6f8f" }) }));
    return layer;
  }

  private outlined(feature: Feature, threshold: number): Feature {
    const rule = this.radiusRule(threshold);
    const tint = rule?.fill ?? "#2f6f8f";
    const stroke = new Stroke({ color: rule?.stroke ?? tint, width: 1.5, lineDash: threshold === 34 ? [7, 5] : threshold === 50 ? [3, 3] : [] });
    feature.setStyle((_, resolution) => {
      const zoom = this.map.getView().getZoomForResolution(resolution) ?? 0;
      return new Style({ fill: new Fill({ color: rgba(tint, faded(AROUND_OPACITY, zoom)) }), stroke });
    });
    return feature;
  }

  private segments(storm: Storm): Feature[] {
    return storm.fixes.slice(1).flatMap((fix, index) => {
      const ends = [storm.fixes[index]!, fix].map((one) => fromLonLat(eastern(one.place)));
      const line = (paint: string, width: number, zIndex: number): Style =>
        new Style({ stroke: new Stroke({ color: paint, width, lineCap: "round", ...(storm.exercise && { lineDash: [2, 8] }) }), zIndex });
      const feature = new Feature(new LineString(ends));
      feature.setProperties({ id: storm.id, ...fix.properties });
      feature.setStyle([line("rgba(255, 255, 255, 0.9)", 7, 0), line(colour("--ink"), 4.4, 1), line(this.classOf(fix)?.fill ?? "#888888", 3, 2)]);
      return [feature];
    });
  }

  private point(fix: Fix): Feature {
    const feature = new Feature(new Point(fromLonLat(eastern(fix.place))));
    const classField = this.configs.fixes?.style.field ?? "class";
    feature.setProperties({ ...fix.properties, [classField]: fix.windClass, id: fix.id, fix });
    return feature;
  }
}

/** An opacity between *far* and *near*, by how close one looks. */
function faded({ far, near }: { far: number; near: number }, zoom: number): number {
  const share = Math.min(1, Math.max(0, (zoom - FADES.from) / (FADES.to - FADES.from)));
  return far + (near - far) * share;
}

/** Longitudes counted eastwards, so that a track over the antimeridian stays in one piece. */
export function eastern([lon, lat]: readonly [number, number]): [number, number] {
  return [lon < 0 ? lon + 360 : lon, lat];
}

function plainLayer(name: string, config: LayerConfig | undefined, zIndex: number): VectorLayer {
  const layer = new VectorLayer({ source: new VectorSource(), zIndex, visible: config?.visible ?? false, declutter: true, updateWhileAnimating: true, updateWhileInteracting: true });
  layer.set("name", name);
  if (config?.name === name && config.geometryType === "Point") layer.set("config", config);
  return layer;
}

function fill(layer: VectorLayer, features: Feature[]): void {
  const source = layer.getSource()!;
  source.clear(true);
  source.addFeatures(features);
}

function radiusFeatures(fixes: readonly Fix[], threshold: number): Feature[] {
  return fixes.flatMap((fix) =>
    fix.radii
      .filter((radius) => radius.threshold === threshold)
      .map((radius) => {
        const ring = sectors(eastern(fix.place), radius.extents);
        return new Feature(new Polygon([ring.map((corner) => fromLonLat(corner))]));
      }),
  );
}

/** The level in figures on the class's colour: readable where colours are not told apart. */
function fixStyle(fix: Fix, rule: Rule | undefined, resolution: number): Style[] {
  const small = resolution > LEVELS_UP_TO;
  const tint = rule?.fill ?? "#888888";
  const written = new Style({
    image: new Circle({ radius: small ? 4 : 9.5, fill: new Fill({ color: tint }), stroke: new Stroke({ color: "#ffffff", width: small ? 1 : 2 }), declutterMode: small ? "none" : "obstacle" }),
    zIndex: fix.time.getTime() / 1e6,
  });
  if (!small && fix.level !== null) {
    written.setText(new Text({ text: String(fix.level), font: `700 11px ${FONT}`, fill: new Fill({ color: dark(tint) ? "#ffffff" : "#16262b" }), offsetY: 0.5, declutterMode: "none" }));
  }
  const styles = [written];
  if (resolution < TIMES_UP_TO) styles.push(timeStyle(fix));
  return styles;
}

function timeStyle(fix: Fix): Style {
  return new Style({
    text: new Text({
      text: moment(fix.time).slice(0, 11),
      font: `600 11px ${FONT}`,
      textAlign: "left",
      offsetX: 24,
      fill: new Fill({ color: colour("--ink") }),
      stroke: new Stroke({ color: "rgba(255, 255, 255, 0.85)", width: 3 }),
    }),
  });
}

/** Whether white is easier to read on *tint* than black (WCAG luminance). */
export function dark(tint: string): boolean {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = parseInt(tint.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b! < 0.22;
}

/** The storm symbol of the northern hemisphere, which turns against the clock. */
function eye(): HTMLElement {
  const arms = shape("g", { class: "eye-arms" }, shape("path", { d: "M32 10C22 9 11 16 10.500 29c5-7 12-9.500 18-8.500" }), shape("path", { d: "M32 54c10 1 21-6 21.500-19-5 7-12 9.500-18 8.500" }));
  const drawing = shape("svg", { viewBox: "0 0 64 64", width: 46, height: 46 }, arms, shape("circle", { class: "eye-ring", cx: 32, cy: 32, r: 13 }), shape("circle", { class: "eye-hole", cx: 32, cy: 32, r: 4.5 }));
  return element("div", { class: "storm-eye", "aria-hidden": "true" }, drawing);
}
