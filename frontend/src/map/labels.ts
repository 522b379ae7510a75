/**
 * One label for each feature of a tiled layer.
 *
 * A feature comes in as many pieces as tiles it touches; labels drawn by the tiles would repeat its name in each.
 * So the pieces in view are gathered and the name is written once, inside the largest.
 */
import Feature from "ol/Feature";
import type OlMap from "ol/Map";
import type { FeatureLike } from "ol/Feature";
import { getArea, getIntersection, containsXY, isEmpty, type Extent } from "ol/extent";
import Point from "ol/geom/Point";
import VectorLayer from "ol/layer/Vector";
import RenderFeature from "ol/render/Feature";
import VectorSource from "ol/source/Vector";
import type { LabelConfig } from "../shared/config";
import { denominator, labelAt } from "./rules";
import { labelStyle, SCALE_LATITUDE } from "./symbols";
import type { Tiles } from "./tiles";

/** Beyond this the names could not be read anyway. */
const MOST = 1500;

/** A layer of names that follows *tiles*; add it to the map above them. */
export function labelsOf(tiles: Tiles, map: OlMap): VectorLayer {
  const source = new VectorSource();
  const layer = new VectorLayer({
    source,
    declutter: true,
    zIndex: 50 + tiles.config.position / 100,
    updateWhileAnimating: true,
    updateWhileInteracting: true,
  });
  layer.set("name", `${tiles.config.name}-labels`);

  const place = (): void => {
    source.clear(true);
    source.addFeatures(tiles.group.getVisible() ? names(tiles, map) : []);
  };
  map.on("moveend", place);
  map.on("loadend", place);
  tiles.group.on("change:visible", place);
  return layer;
}

function names(tiles: Tiles, map: OlMap): Feature[] {
  const view = map.getView();
  const label = labelAt(tiles.config.style, denominator(view.getResolution() ?? Infinity, SCALE_LATITUDE));
  if (!label) return [];
  const extent = view.calculateExtent(map.getSize());
  const pieces = largestPieces(tiles.layer.getFeaturesInExtent(extent) as FeatureLike[], extent);
  return pieces.length > MOST ? [] : pieces.flatMap((piece) => name(label, piece, extent));
}

function name(label: LabelConfig, piece: RenderFeature, view: Extent): Feature[] {
  const words = String((piece.get(label.field) as string | number | undefined) ?? "");
  const at = words && inside(piece, view);
  if (!at) return [];
  const made = new Feature(new Point(at));
  made.setStyle(labelStyle(label, words));
  return [made];
}

function largestPieces(features: FeatureLike[], view: Extent): RenderFeature[] {
  const largest = new Map<unknown, [area: number, piece: RenderFeature]>();
  for (const piece of features) {
    if (!(piece instanceof RenderFeature)) continue;
    const seen = getIntersection(piece.getExtent(), view);
    const area = isEmpty(seen) ? 0 : getArea(seen);
    const key = piece.getId();
    const known = largest.get(key);
    if (!known || known[0] < area) largest.set(key, [area, piece]);
  }
  return [...largest.values()].map(([, piece]) => piece);
}

/** A point of the piece that is in view, if its middle is. */
function inside(piece: RenderFeature, view: Extent): [number, number] | undefined {
  const [x, y] = piece.getType() === "Polygon" ? widest(piece.getFlatInteriorPoints()) : piece.getFlatMidpoint();
  return x !== undefined && y !== undefined && containsXY(view, x, y) ? [x, y] : undefined;
}

/** Of interior points (x, y, width of the polygon there) the one with most room. */
function widest(flat: number[]): [number | undefined, number | undefined] {
  let best = 0;
  for (let at = 0; at < flat.length; at += 3) if (flat[at + 2]! > flat[best + 2]!) best = at;
  return [flat[best], flat[best + 1]];
}
