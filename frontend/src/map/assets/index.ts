/** The rescue assets of the live map. */
import type OlMap from "ol/Map";
import { fromLonLat } from "ol/proj";
import type { LayerConfig } from "../../shared/config";
import type { LiveEvent } from "../../shared/live";
import { AssetDrawing } from "./drawing";
import { Fleet, type Asset } from "./fleet";
import { AssetPanel } from "./panel";

/** How often the ages are written anew. */
const AGE_MS = 10_000;
/** Zoom level at which an asset is shown that was looked for in the list. */
const FOUND_ZOOM = 13;

export class AssetMap {
  readonly drawing: AssetDrawing;
  private readonly panel: AssetPanel;
  private readonly fleet = new Fleet();

  constructor(room: HTMLElement, map: OlMap, config: LayerConfig) {
    this.drawing = new AssetDrawing(map, config);
    this.panel = new AssetPanel(room, config, (asset) => {
      const view = map.getView();
      view.animate({ center: fromLonLat([...asset.place]), zoom: Math.max(view.getZoom() ?? 0, FOUND_ZOOM), duration: 600 });
    });
    window.setInterval(() => {
      this.drawing.age();
      this.list();
    }, AGE_MS);
  }

  snapshot(collection: GeoJSON.FeatureCollection<GeoJSON.Point | null>): void {
    this.fleet.reset(collection.features);
    this.drawing.draw(this.fleet.all());
    this.list();
  }

  event(event: LiveEvent): void {
    this.list();
    if (event.kind === "removed") {
      this.fleet.remove(event.key);
      this.drawing.draw(this.fleet.all());
      return;
    }
    const asset = this.fleet.put(event.key, event.payload as unknown as GeoJSON.Feature<GeoJSON.Point | null>);
    if (asset) this.drawing.put(asset);
  }

  all(): Asset[] {
    return this.fleet.all();
  }

  private list(): void {
    this.panel.show(() => this.fleet.all());
  }
}
