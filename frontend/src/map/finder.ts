/** Goes to what was searched for, or what the address names: layer switched on, map there, card open. */
import type OlMap from "ol/Map";
import { boundingExtent, type Extent } from "ol/extent";
import { fromLonLat } from "ol/proj";
import type { LayerConfig } from "../shared/config";
import type { Selection } from "./address";
import type { Card } from "./card";
import { swatch } from "./legend";
import type { Result } from "./search";
import { viewPadding } from "./storms";
import type { Switcher } from "./switcher";

const CLOSEST = 18;
const POINT_ZOOM = 15;
/** Names of seas and archipelagos stand for more than their point. */
const NAME_ZOOM = 8;

export class Finder {
  constructor(
    private readonly map: OlMap,
    private readonly layers: readonly LayerConfig[],
    private readonly card: Card,
    private readonly switcher: Switcher,
  ) {}

  /** The sign of a result's layer. */
  mark(result: Result): Node | null {
    const config = this.config(result.layer);
    const rule = config?.style.rules[0];
    return config && rule ? swatch(rule, config.geometryType) : null;
  }

  go(result: Result): void {
    if (result.bbox) {
      const [west, south, east, north] = result.bbox;
      this.fit(boundingExtent([fromLonLat([west, south]), fromLonLat([east, north])]), result.layer);
    }
    if (result.layer !== null) this.select({ layer: result.layer, key: result.key }, false);
    else if (result.place) this.card.openPlace(result.place.lon, result.place.lat);
  }

  /** Open the card of a feature, or close it; *going* also moves the map there. */
  select(at: Selection | null, going: boolean): void {
    const config = this.config(at?.layer ?? null);
    if (!at || !config) {
      this.card.close();
      return;
    }
    this.switcher.turnOn(config.name);
    void this.card.openFeature({ config, key: at.key }).then((extent) => {
      if (going && extent) this.fit(extent, config.name);
    });
  }

  private config(name: string | null): LayerConfig | undefined {
    return this.layers.find((layer) => layer.name === name);
  }

  private fit(extent: Extent, layer: string | null): void {
    const point = extent[0] === extent[2] && extent[1] === extent[3];
    const pointZoom = layer === "place_labels" ? NAME_ZOOM : POINT_ZOOM;
    this.map.getView().fit(extent, { padding: viewPadding(this.map), maxZoom: point ? pointZoom : CLOSEST, duration: 500 });
  }
}
