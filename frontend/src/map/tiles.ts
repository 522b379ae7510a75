/** A declared layer as vector tiles, drawn again when its data changed. */
import MVT from "ol/format/MVT";
import LayerGroup from "ol/layer/Group";
import VectorTileLayer from "ol/layer/VectorTile";
import type OlMap from "ol/Map";
import VectorTileSource from "ol/source/VectorTile";
import type { LayerConfig } from "../shared/config";
import { featureStyle } from "./symbols";

/** Zoom levels after the layer's detail zoom at which its areas are large enough for outlines. */
const OUTLINES_AFTER = 2;
/** Map units a pixel at zoom level 0. */
const WHOLE_WORLD = 156_543.034;

/**
 * The tiles of one layer. While newer ones are loading the older stay under them, so that nothing flickers;
 * changes that come meanwhile are fetched together, once.
 */
export class Tiles {
  readonly group: LayerGroup;
  private current: VectorTileLayer;
  private wanted: string | null = null;
  private loading = false;

  constructor(
    private readonly map: OlMap,
    readonly config: LayerConfig,
  ) {
    this.current = tileLayer(config, config.tiles);
    this.group = new LayerGroup({ layers: [this.current], visible: config.visible });
    map.addLayer(this.group);
  }

  /** What is drawn now. */
  get layer(): VectorTileLayer {
    return this.current;
  }

  /** Fetch the tiles as of *version*: from an address that no cache between has seen. */
  refresh(version: string): void {
    this.wanted = version;
    if (!this.loading) this.load();
  }

  private load(): void {
    if (this.wanted === null) return;
    const newer = tileLayer(this.config, `${this.config.tiles}?v=${encodeURIComponent(this.wanted)}`);
    this.group.getLayers().push(newer);
    this.wanted = null;
    this.loading = true;
    // Not before its first frame: until then no tile of it is waited for, and the map looks complete without it.
    newer.once("prerender", () => {
      this.map.once("rendercomplete", () => {
        this.group.getLayers().remove(this.current);
        this.current = newer;
        this.loading = false;
        this.load();
      });
    });
  }
}

function tileLayer(config: LayerConfig, url: string): VectorTileLayer {
  const outlinesUpTo = config.detailZoom ? WHOLE_WORLD / 2 ** (config.detailZoom + OUTLINES_AFTER) : Infinity;
  const layer = new VectorTileLayer({
    source: new VectorTileSource({
      format: new MVT({ idProperty: "id" }),
      url,
      minZoom: config.minZoom,
      maxZoom: config.maxZoom,
      transition: 120,
    }),
    style: featureStyle(config.style, outlinesUpTo),
    zIndex: 10 + config.position,
    minZoom: config.minZoom,
    renderBuffer: 32,
  });
  layer.setProperties({ name: config.name, config });
  return layer;
}
