/** Colours of the page's theme, for what is drawn on the canvas. */

/** The value of a custom property of the page, e.g. `colour("--sea")`. */
export function colour(name: `--${string}`): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || "#000000";
}
