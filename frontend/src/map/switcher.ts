/** The layer switcher: themes, layers with their legends, and at which scale they can be seen. */
import type BaseLayer from "ol/layer/Base";
import type OlMap from "ol/Map";
import type { LayerConfig } from "../shared/config";
import { byId, element } from "../shared/dom";
import { text } from "../shared/texts";
import { legend, swatch } from "./legend";

/** Swatches beside a layer's title. */
const PEEKED = 4;

export interface Entry {
  readonly config: LayerConfig;
  /** What is drawn for it, switched together. */
  readonly layers: readonly BaseLayer[];
  /** A legend of its own instead of the style's rules. */
  readonly legend?: HTMLElement;
}

/** A switch for every entry, grouped by theme in the order of the layers' drawing. */
export class Switcher {
  constructor(
    room: HTMLElement,
    private readonly entries: readonly Entry[],
    map: OlMap,
    /** Called when a layer was switched. */
    changed: () => void,
  ) {
    const hints: (() => void)[] = [];
    room.append(
      ...[...themes(entries)].map(([group, members]) =>
        element(
          "fieldset",
          { class: "theme" },
          element("legend", {}, group),
          ...members.map((entry) => {
            const [row, hint] = layerRow(entry, map);
            hints.push(hint);
            return row;
          }),
        ),
      ),
    );
    room.addEventListener("change", changed);
    const update = (): void => {
      for (const hint of hints) hint();
    };
    map.getView().on("change:resolution", update);
    update();
  }

  /** Names of the layers switched on; null where they are the usual ones. */
  chosen(): string[] | null {
    const usual = this.entries.every(({ config }) => box(config.name).checked === config.visible);
    return usual ? null : this.switchedOn();
  }

  /** Names of the layers switched on, the lowest on the map first. */
  switchedOn(): string[] {
    return this.entries.filter(({ config }) => box(config.name).checked).map(({ config }) => config.name);
  }

  /** Switch on the layers of these names alone, or the usual ones. */
  show(names: readonly string[] | null): void {
    for (const { config } of this.entries) turn(config.name, names ? names.includes(config.name) : config.visible);
  }

  turnOn(name: string): void {
    turn(name, true);
  }
}

function box(layer: string): HTMLInputElement {
  return byId(`layer-${layer}`) as HTMLInputElement;
}

function turn(layer: string, on: boolean): void {
  if (box(layer).checked !== on) box(layer).click();
}

function themes(entries: readonly Entry[]): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of [...entries].sort((a, b) => b.config.position - a.config.position)) {
    const members = groups.get(entry.config.group) ?? [];
    groups.set(entry.config.group, [...members, entry]);
  }
  return groups;
}

function layerRow(entry: Entry, map: OlMap): [row: HTMLElement, hint: () => void] {
  const { config } = entry;
  const id = `layer-${config.name}`;
  const box = element("input", { type: "checkbox", id, "data-layer": config.name });
  box.checked = config.visible;
  const hint = element("span", { class: "hint" });
  const key = entry.legend ?? legend(config.style, config.geometryType);
  key.id = `${id}-legend`;
  const opener = element("button", { type: "button", class: "legend-toggle", "aria-controls": key.id, "aria-label": text("show_legend", { layer: config.title }) });
  const open = (shown: boolean): void => {
    key.hidden = !shown;
    opener.setAttribute("aria-expanded", String(shown));
  };
  open(false);
  opener.addEventListener("click", () => {
    open(key.hidden === true);
  });
  const row = element(
    "div",
    { class: "layer", title: config.abstract },
    element("div", { class: "layer-line" }, box, element("label", { for: id }, config.title, hint), peek(config), opener),
    key,
  );
  box.addEventListener("change", () => {
    for (const layer of entry.layers) layer.setVisible(box.checked);
    row.classList.toggle("off", !box.checked);
  });
  row.classList.toggle("off", !config.visible);
  const update = (): void => {
    hint.textContent = scaleHint(config, map.getView().getZoom() ?? 0);
  };
  return [row, update];
}

/** The first colours of the legend, so that one need not open it. */
function peek({ style, geometryType }: LayerConfig): HTMLElement {
  return element("span", { class: "peek", "aria-hidden": "true" }, ...style.rules.slice(0, PEEKED).map((rule) => swatch(rule, geometryType)));
}

function scaleHint(config: LayerConfig, zoom: number): string {
  if (config.liveTopic) return "";
  if (zoom < config.minZoom) return text("zoom_in_to_see");
  return zoom < config.detailZoom && !config.overview ? text("drawn_in_part") : "";
}
