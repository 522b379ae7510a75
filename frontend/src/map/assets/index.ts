/** The rescue assets of the live map. */
import type OlMap from "ol/Map";
import type { LayerConfig } from "../../shared/config";
import type { LiveEvent } from "../../shared/live";
import { AssetDrawing } from "./drawing";
import { Fleet, type Asset } from "./fleet";

/** How often the ages are written anew. */
const AGE_MS = 10_000;

export class AssetMap {
  readonly drawing: AssetDrawing;
  private readonly fleet = new Fleet();

  constructor(map: OlMap, config: LayerConfig) {
    this.drawing = new AssetDrawing(map, config);
    window.setInterval(() => {
      this.drawing.age();
    }, AGE_MS);
  }

  snapshot(collection: GeoJSON.FeatureCollection<GeoJSON.Point | null>): void {
    this.fleet.reset(collection.features);
    this.drawing.draw(this.fleet.all());
  }

  event(event: LiveEvent): void {
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
}
