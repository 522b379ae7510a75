/** A declared layer as vector tiles, drawn again when its data changed. */
import MVT from "ol/format/MVT";
import VectorTileLayer from "ol/layer/VectorTile";
import VectorTileSource from "ol/source/VectorTile";
import type { LayerConfig } from "../shared/config";
import { featureStyle } from "./symbols";

/** Map units a pixel at zoom level 0. */
const WHOLE_WORLD = 156_543.034;

/** The tile layer of *config*; its properties `name` and `config` tell which it is. */
export function tileLayer(config: LayerConfig): VectorTileLayer {
  const layer = new VectorTileLayer({
    source: new VectorTileSource({
      format: new MVT({ idProperty: "id" }),
      url: config.tiles,
      minZoom: config.minZoom,
      maxZoom: config.maxZoom,
      transition: 120,
    }),
    style: featureStyle(config.style, config.detailZoom ? WHOLE_WORLD / 2 ** config.detailZoom : Infinity),
    visible: config.visible,
    zIndex: 10 + config.position,
    minZoom: config.minZoom,
    renderBuffer: 32,
  });
  layer.setProperties({ name: config.name, config });
  return layer;
}

/** Ask for the tiles of *layer* as of *version*: an address that no cache between has seen. */
export function refreshTiles(layer: VectorTileLayer, version: string): void {
  const { tiles } = layer.get("config") as LayerConfig;
  layer.getSource()?.setUrl(`${tiles}?v=${encodeURIComponent(version)}`);
}
