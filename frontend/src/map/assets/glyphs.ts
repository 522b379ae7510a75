/** Drawings of the kinds of assets, for the middle of their markers. */

import { element } from "../../shared/dom";
import { text } from "../../shared/texts";
import { STALE_SECONDS } from "./fleet";

/** Paths in a square of 24. */
const PATHS: Readonly<Record<string, string>> = {
  boat: "M3 14h18l-2.500 5.500h-13zM11 3v9H5.500zM13 6.500l5 5.500h-5z",
  ship: "M2.500 13 12 10l9.500 3-2.500 7H5zM7 10V6h4V3h2v3h4v4l-5-1.700z",
  helicopter: "M3 4h16v1.800h-7V8h2.500c3.500 0 6 2.500 6.500 6 .2 1.500-.8 2.500-2.200 2.500H13C9 16.500 7.500 13 7 11H3V8.500h1.500L5.500 10H9V5.800H3zM15 10.500v3h3.700c-.6-1.800-1.800-3-3.700-3zM8 19h12v1.800H8z",
  truck: "M2 6h12v10H2zM15 9h4l3 4v3h-7zM6.500 15.500a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5zM17.500 15.500a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5z",
  ambulance: "M2 6h12v10H2zM15 9h4l3 4v3h-7zM6.500 15.500a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5zM17.500 15.500a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5zM7 8v2H5v2h2v2h2v-2h2v-2H9V8z",
  team: "M8 4.500a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM16 4.500a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM2.500 19c0-4 2.300-7 5.500-7 1.600 0 3 .7 4 2 1-1.300 2.400-2 4-2 3.200 0 5.500 3 5.500 7z",
};

const OTHER = "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16z";

/** Address of the drawing of *kind* in *tint*; a dot for a kind without a drawing. Needs no request. */
export function glyph(kind: string, tint: string): string {
  return address(`<path fill="${tint}" fill-rule="evenodd" d="${PATHS[kind] ?? OTHER}"/>`);
}

function address(content: string): string {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48" viewBox="0 0 24 24">${content}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(drawing)}`;
}

/** What the drawings and the hatching mean; *words* for each kind. */
export function kindLegend(words: Readonly<Record<string, string>>): HTMLUListElement {
  const drawn = (kind: string): HTMLImageElement => element("img", { class: "swatch", src: glyph(kind, "#52646a"), alt: "", width: 26, height: 18 });
  const old = element("span", { class: "swatch stale-swatch" });
  return element(
    "ul",
    { class: "legend" },
    ...Object.entries(words).map(([kind, word]) => element("li", {}, drawn(kind), element("span", {}, word))),
    element("li", {}, old, element("span", {}, text("stale_legend", { minutes: STALE_SECONDS / 60 }))),
  );
}
