/** Swatches: a declared rule as a small drawing. */
import type { Rule, StyleConfig } from "../shared/config";
import { element, shape } from "../shared/dom";

const WIDTH = 26;
const HEIGHT = 18;

/** The rules of *style* with their titles, as a list. */
export function legend(style: StyleConfig, geometryType: string): HTMLUListElement {
  return element(
    "ul",
    { class: "legend" },
    ...style.rules.map((rule) => element("li", {}, swatch(rule, geometryType), element("span", {}, rule.title))),
  );
}

/** A drawing of what *rule* looks like on the map. */
export function swatch(rule: Rule, geometryType: string): SVGSVGElement {
  const paint = {
    fill: rule.fill ?? "none",
    "fill-opacity": rule.fill_opacity,
    stroke: rule.stroke ?? "none",
    "stroke-width": Math.min(rule.stroke_width, 3),
    "stroke-dasharray": rule.dash.length ? rule.dash.join(" ") : null,
  };
  const drawing = shape("svg", { class: "swatch", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT, "aria-hidden": "true" });
  drawing.append(figure(rule, geometryType, paint));
  return drawing;
}

function figure(rule: Rule, geometryType: string, paint: Record<string, string | number | null>): SVGElement {
  if (rule.marker) return markerFigure(rule, paint);
  if (geometryType === "LineString") return shape("path", { ...paint, fill: "none", d: `M2 ${HEIGHT - 4}C9 2 16 16 ${WIDTH - 2} 4` });
  return shape("path", { ...paint, d: "M3 4.500 10.500 2.500 23.500 4 22.500 14.500 13 16 4.500 14z" });
}

function markerFigure(rule: Rule, paint: Record<string, string | number | null>): SVGElement {
  const x = WIDTH / 2;
  const y = HEIGHT / 2;
  const r = Math.min(rule.size, 15) / 2;
  switch (rule.marker) {
    case "square":
      return shape("rect", { ...paint, x: x - r, y: y - r, width: 2 * r, height: 2 * r });
    case "triangle":
      return shape("path", { ...paint, d: `M${x} ${y - r}L${x + r} ${y + r * 0.8}H${x - r}z` });
    case "diamond":
      return shape("path", { ...paint, d: `M${x} ${y - r * 1.2}L${x + r * 1.2} ${y}L${x} ${y + r * 1.2}L${x - r * 1.2} ${y}z` });
    default:
      return shape("circle", { ...paint, cx: x, cy: y, r });
  }
}
