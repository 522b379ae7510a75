/** Declared rules as OpenLayers styles. */
import type { FeatureLike } from "ol/Feature";
import { Circle, Fill, RegularShape, Stroke, Style, Text } from "ol/style";
import type ImageStyle from "ol/style/Image";
import type { LabelConfig, Rule, StyleConfig } from "../shared/config";
import { denominator, drawnAt, rgba, ruleFinder } from "./rules";

export const FONT = 'system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif';

/** Pixels of the line that widens areas which are too small to be seen. */
const WIDENED = 1.2;

/** Latitude at which scale limits are judged: the middle of the province. */
export const SCALE_LATITUDE = 21;

/**
 * Draws features by the style's rules; nothing where no rule fits.
 * Coarser than *outlinesUpTo* (map units a pixel) outlines would cover the areas: there each area is widened by a
 * line of its own colour, so that it is seen even where it is smaller than a pixel.
 */
export function featureStyle(style: StyleConfig, outlinesUpTo = Infinity): (feature: FeatureLike, resolution: number) => Style | undefined {
  const find = ruleFinder(style);
  const full = new Map<Rule, Style>();
  const plain = new Map<Rule, Style>();
  return (feature, resolution) => {
    const rule = find(style.field ? feature.get(style.field) : undefined);
    if (!rule || !drawnAt(denominator(resolution, SCALE_LATITUDE), rule)) return undefined;
    const outlined = resolution <= outlinesUpTo || !rule.fill;
    const made = outlined ? full : plain;
    const known = made.get(rule) ?? ruleStyle(outlined ? rule : { ...rule, stroke: rgba(rule.fill, rule.fill_opacity), stroke_width: WIDENED, dash: [] });
    made.set(rule, known);
    return known;
  };
}

/** The OpenLayers style of one rule. */
export function ruleStyle(rule: Rule): Style {
  const fill = rule.fill ? new Fill({ color: rgba(rule.fill, rule.fill_opacity) }) : undefined;
  const stroke = rule.stroke
    ? new Stroke({ color: rule.stroke, width: rule.stroke_width, lineDash: [...rule.dash], lineJoin: "round" })
    : undefined;
  if (rule.marker) return new Style({ image: marker(rule, fill, stroke) });
  return new Style({ ...(fill && { fill }), ...(stroke && { stroke }) });
}

function marker(rule: Rule, fill: Fill | undefined, stroke: Stroke | undefined): ImageStyle {
  const radius = rule.size / 2;
  const paint = { ...(fill && { fill }), ...(stroke && { stroke }) };
  switch (rule.marker) {
    case "square":
      return new RegularShape({ points: 4, radius: radius * Math.SQRT2, angle: Math.PI / 4, ...paint });
    case "triangle":
      return new RegularShape({ points: 3, radius: radius * 1.2, ...paint });
    case "diamond":
      return new RegularShape({ points: 4, radius: radius * 1.2, ...paint });
    default:
      return new Circle({ radius, ...paint });
  }
}

/** The text of a label, with its halo. */
export function labelStyle(label: LabelConfig, words: string): Style {
  return new Style({
    text: new Text({
      text: words,
      font: `500 ${label.size + 1}px ${FONT}`,
      fill: new Fill({ color: label.colour }),
      stroke: new Stroke({ color: label.halo, width: 3 }),
      placement: label.placement,
      overflow: true,
    }),
  });
}
