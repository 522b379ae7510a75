/** Which rule of a style a feature falls under, and at which scales: pure, shared by map and legend. */
import type { LabelConfig, Rule, StyleConfig } from "../shared/config";

/** Metres of a pixel by the OGC's definition, which scale denominators are counted in. */
const PIXEL = 0.00028;

/** Scale denominator of a view with *resolution* (Web Mercator units a pixel) at *lat* degrees. */
export function denominator(resolution: number, lat: number): number {
  return (resolution * Math.cos((lat * Math.PI) / 180)) / PIXEL;
}

/** Finds the rule of a value: its own, else the one for every other value, else none. */
export function ruleFinder(style: StyleConfig): (value: unknown) => Rule | undefined {
  const byValue = new Map<string, Rule>();
  let other: Rule | undefined;
  for (const rule of style.rules) {
    if (rule.values.length === 0) other ??= rule;
    for (const value of rule.values) if (!byValue.has(String(value))) byValue.set(String(value), rule);
  }
  return (value) => byValue.get(String(value)) ?? other;
}

/** Whether a rule or label is drawn at this scale. */
export function drawnAt(scale: number, limits: Pick<Rule, "max_scale"> & Partial<Pick<Rule, "min_scale">>): boolean {
  if (limits.max_scale !== null && scale > limits.max_scale) return false;
  return limits.min_scale === undefined || limits.min_scale === null || scale >= limits.min_scale;
}

/** The label drawn at this scale, if any. */
export function labelAt(style: StyleConfig, scale: number): LabelConfig | undefined {
  return style.labels.find((label) => drawnAt(scale, label));
}

/** `rgba()` of "#rrggbb" and an opacity. */
export function rgba(colour: string, opacity: number): string {
  const channel = (at: number): number => parseInt(colour.slice(at, at + 2), 16);
  return `rgba(${channel(1)}, ${channel(3)}, ${channel(5)}, ${opacity})`;
}
