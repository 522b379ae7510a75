/** Rescue assets on the map: their class in shape and colour, their kind as a drawing inside; they move smoothly. */
import Feature from "ol/Feature";
import LineString from "ol/geom/LineString";
import Point from "ol/geom/Point";
import VectorLayer from "ol/layer/Vector";
import type OlMap from "ol/Map";
import { fromLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import { Circle, Fill, Icon, RegularShape, Stroke, Style, Text } from "ol/style";
import type ImageStyle from "ol/style/Image";
import type { LayerConfig, Rule } from "../../shared/config";
import { ruleFinder } from "../rules";
import { colour } from "../palette";
import { FONT } from "../symbols";
import { nameOf, reportedAt, stale, type Asset } from "./fleet";
import { ageText } from "./age";
import { glyph } from "./glyphs";

/** Milliseconds that a marker takes to its new place. */
const GLIDE_MS = 900;
/** Metres a pixel up to which names and ages are written. */
const NAMES_UP_TO = 160;
/** Metres a pixel from which on markers shrink to dots: the storm is what one looks at there. */
const DOTS_FROM = 400;
/** Metres a pixel from which on they are smaller: the whole province is in view. */
const SMALL_FROM = 120;
const RADIUS = 12;
const SMALL = 0.72;

interface Glide {
  readonly from: number[];
  readonly to: number[];
  readonly start: number;
}

export class AssetDrawing {
  readonly markers: VectorLayer;
  readonly trails: VectorLayer;
  private readonly features = new Map<string, Feature<Point>>();
  private readonly gliding = new Map<string, Glide>();
  private readonly still = window.matchMedia("(prefers-reduced-motion: reduce)");
  private readonly ruleOf: (value: unknown) => Rule | undefined;

  constructor(
    map: OlMap,
    private readonly config: LayerConfig,
  ) {
    this.ruleOf = ruleFinder(config.style);
    const always = { updateWhileAnimating: true, updateWhileInteracting: true, visible: config.visible };
    this.trails = new VectorLayer({ source: new VectorSource(), zIndex: 88, style: trailStyle(), ...always });
    this.markers = new VectorLayer({
      source: new VectorSource(),
      zIndex: 95,
      declutter: true,
      style: (feature, resolution) => this.style(feature.get("asset") as Asset, resolution),
      ...always,
    });
    this.trails.set("name", `${config.name}-trails`);
    this.markers.setProperties({ name: config.name, config });
    map.addLayer(this.trails);
    map.addLayer(this.markers);
  }

  /** Draw exactly *assets*, each at its place. */
  draw(assets: readonly Asset[]): void {
    this.features.clear();
    this.gliding.clear();
    this.markers.getSource()!.clear(true);
    this.trails.getSource()!.clear(true);
    for (const asset of assets) this.put(asset);
  }

  /** Take news of one asset: a new one appears, a known one glides to its place. */
  put(asset: Asset): void {
    const to = fromLonLat([...asset.place]);
    const known = this.features.get(asset.key);
    const feature = known ?? new Feature(new Point(to));
    feature.setProperties({ ...asset.properties, id: asset.key, asset });
    if (known) this.glide(asset.key, known.getGeometry()!.getCoordinates(), to);
    else {
      feature.setId(asset.key);
      this.features.set(asset.key, feature);
      this.markers.getSource()!.addFeature(feature);
    }
    this.trail(asset);
  }

  /** Let ages grow. */
  age(): void {
    this.markers.changed();
  }

  private glide(key: string, from: number[], to: number[]): void {
    if (from[0] === to[0] && from[1] === to[1]) return;
    if (this.still.matches || document.hidden) {
      this.features.get(key)!.getGeometry()!.setCoordinates(to);
      return;
    }
    const idle = this.gliding.size === 0;
    this.gliding.set(key, { from, to, start: performance.now() });
    if (idle) requestAnimationFrame(this.step);
  }

  private readonly step = (now: number): void => {
    for (const [key, { from, to, start }] of this.gliding) {
      const share = Math.min(1, Math.max(0, (now - start) / GLIDE_MS));
      const eased = share * share * (3 - 2 * share);
      this.features.get(key)?.getGeometry()?.setCoordinates([0, 1].map((axis) => from[axis]! + (to[axis]! - from[axis]!) * eased));
      if (share === 1) this.gliding.delete(key);
    }
    if (this.gliding.size > 0) requestAnimationFrame(this.step);
  };

  private trail(asset: Asset): void {
    const source = this.trails.getSource()!;
    const known = source.getFeatureById(asset.key) as Feature | null;
    if (asset.trail.length === 0) return;
    const line = new LineString([...asset.trail, asset.place].map((place) => fromLonLat([...place])));
    if (known) known.setGeometry(line);
    else {
      const feature = new Feature(line);
      feature.setId(asset.key);
      source.addFeature(feature);
    }
  }

  private style(asset: Asset, resolution: number): Style[] {
    const rule = this.ruleOf(asset.properties[this.config.style.field ?? ""]);
    const old = stale(asset, new Date());
    const paint = {
      fill: new Fill({ color: old ? hatch() : (rule?.fill ?? colour("--accent")) }),
      stroke: new Stroke({ color: old ? "#5d6a6e" : "#ffffff", width: 2.2, ...(old && { lineDash: [4, 3] }) }),
      declutterMode: "obstacle" as const,
    };
    if (resolution > DOTS_FROM) return [new Style({ image: token(rule, { radius: RADIUS / 2.6, ...paint }) })];
    const size = resolution > SMALL_FROM ? SMALL : 1;
    const radius = RADIUS * size;
    const styles = [
      new Style({ image: token(rule, { radius: radius + 1.6, fill: new Fill({ color: "rgba(22, 38, 43, 0.25)" }), declutterMode: "none" }), zIndex: 0 }),
      new Style({ image: token(rule, { radius, ...paint }), zIndex: 1 }),
      new Style({ image: new Icon({ src: glyph(String(asset.properties.kind), old ? "#3d484c" : "#ffffff"), declutterMode: "none", width: 15 * size }), zIndex: 2 }),
    ];
    if (resolution < NAMES_UP_TO) styles.push(nameStyle(asset, old));
    return styles;
  }
}

interface TokenOptions {
  radius: number;
  fill: Fill;
  stroke?: Stroke;
  declutterMode: "none" | "obstacle";
}

/** The outline of the declared rule: shape is seen where colour is not. */
function token(rule: Rule | undefined, options: TokenOptions): ImageStyle {
  const { radius, ...paint } = options;
  switch (rule?.marker) {
    case "square":
      return new RegularShape({ points: 4, radius: radius * 1.34, angle: Math.PI / 4, ...paint });
    case "triangle":
      return new RegularShape({ points: 3, radius: radius * 1.5, displacement: [0, -2], ...paint });
    case "diamond":
      return new RegularShape({ points: 4, radius: radius * 1.4, ...paint });
    default:
      return new Circle({ radius, ...paint });
  }
}

function nameStyle(asset: Asset, old: boolean): Style {
  const name = nameOf(asset);
  const when = reportedAt(asset);
  return new Style({
    text: new Text({
      text: [name, `600 12px ${FONT}`, "\n", "", when ? ageText(when, new Date()) : "", `11px ${FONT}`],
      font: `600 12px ${FONT}`,
      textBaseline: "top",
      offsetY: RADIUS + 6,
      fill: new Fill({ color: old ? "#5d6a6e" : colour("--ink") }),
      stroke: new Stroke({ color: "rgba(255, 255, 255, 0.9)", width: 3 }),
    }),
    zIndex: 3,
  });
}

function trailStyle(): Style[] {
  return [
    new Style({ stroke: new Stroke({ color: "rgba(255, 255, 255, 0.75)", width: 4, lineCap: "round" }) }),
    new Style({ stroke: new Stroke({ color: colour("--trail"), width: 1.8, lineDash: [1, 5], lineCap: "round" }) }),
  ];
}

let pattern: CanvasPattern | undefined;

/** Grey diagonal hatching: the place of old news. */
function hatch(): CanvasPattern | string {
  if (pattern) return pattern;
  const tile = document.createElement("canvas");
  tile.width = tile.height = 5;
  const pen = tile.getContext("2d");
  if (!pen) return "#c3cacc";
  pen.fillStyle = "#dfe4e5";
  pen.fillRect(0, 0, 5, 5);
  pen.strokeStyle = "#7c898d";
  pen.lineWidth = 1.6;
  for (const x of [-5, 0, 5]) {
    pen.moveTo(x, 5);
    pen.lineTo(x + 5, 0);
  }
  pen.stroke();
  pattern = pen.createPattern(tile, "repeat") ?? undefined;
  return pattern ?? "#c3cacc";
}
