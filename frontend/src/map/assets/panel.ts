/** The assets as a list: for who reads with a keyboard or a screen reader, and to find one on the map. */
import type { LayerConfig } from "../../shared/config";
import { element } from "../../shared/dom";
import { text } from "../../shared/texts";
import { shown } from "../../shared/value";
import { swatch } from "../legend";
import { ruleFinder } from "../rules";
import { ageText } from "./age";
import { nameOf, reportedAt, stale, type Asset } from "./fleet";

export class AssetPanel {
  private readonly summary = element("summary", {});
  private readonly list = element("ul", { class: "asset-list" });
  private waiting = false;

  /** *find* is called with an asset that the reader wants to see on the map. */
  constructor(
    private readonly room: HTMLElement,
    private readonly config: LayerConfig,
    private readonly find: (asset: Asset) => void,
  ) {
    room.replaceChildren(element("details", {}, this.summary, this.list));
  }

  /** Tell of *assets* as they are now; news that come within one frame are told together. */
  show(assets: () => readonly Asset[]): void {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.write(assets(), new Date());
    });
  }

  private write(assets: readonly Asset[], now: Date): void {
    this.room.hidden = assets.length === 0;
    const lost = assets.filter((asset) => stale(asset, now)).length;
    this.summary.replaceChildren(
      element("span", {}, text("assets_count", { count: assets.length })),
      lost > 0 ? element("span", { class: "lost" }, text("assets_lost", { count: lost })) : "",
    );
    const focused = this.list.contains(document.activeElement) ? document.activeElement?.getAttribute("data-key") : null;
    this.list.replaceChildren(...[...assets].sort(byName).map((asset) => this.row(asset, now)));
    if (focused) this.list.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  private row(asset: Asset, now: Date): HTMLLIElement {
    const { field } = this.config.style;
    const value = asset.properties[field ?? ""];
    const rule = ruleFinder(this.config.style)(value);
    const known = this.config.fields.find((one) => one.name === field);
    const when = reportedAt(asset);
    const button = element(
      "button",
      { type: "button", "data-key": asset.key },
      rule ? swatch(rule, this.config.geometryType) : null,
      element("span", { class: "asset-name" }, nameOf(asset)),
      element("span", { class: "asset-state" }, known ? shown(known, value) : ""),
      element("span", { class: stale(asset, now) ? "asset-age lost" : "asset-age" }, when ? ageText(when, now) : text("none")),
    );
    button.addEventListener("click", () => {
      this.find(asset);
    });
    return element("li", {}, button);
  }
}

function byName(a: Asset, b: Asset): number {
  return nameOf(a).localeCompare(nameOf(b), "vi");
}
