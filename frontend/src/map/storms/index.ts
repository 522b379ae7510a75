/** The storms of the live map: what the feed says, drawn and told. */
import type OlMap from "ol/Map";
import { boundingExtent } from "ol/extent";
import { fromLonLat } from "ol/proj";
import type { LayerConfig } from "../../shared/config";
import type { LiveEvent } from "../../shared/live";
import { eastern, StormDrawing } from "./drawing";
import { StormPanel } from "./panel";
import { nearestFix, Storms, type Storm } from "./tracks";

/** A storm whose last fix is older than this is history: it is shown where it came nearest. */
const HISTORY_MS = 48 * 3_600_000;

export class StormMap {
  readonly drawing: StormDrawing;
  private readonly storms = new Storms();
  private readonly panel: StormPanel;
  private selected = 0;
  /** Whether the newest fix is to be shown when it comes. */
  private following = true;

  constructor(
    room: HTMLElement,
    private readonly map: OlMap,
    layers: readonly LayerConfig[],
    private readonly home: readonly [number, number],
  ) {
    const named = (name: string): LayerConfig | undefined => layers.find((layer) => layer.name === name);
    const fixes = named("storm_fixes");
    this.drawing = new StormDrawing(map, { tracks: named("storm_tracks"), fixes, radii: named("wind_radii") });
    this.panel = new StormPanel(room, fixes, {
      select: (index) => {
        this.select(index);
      },
      show: () => {
        this.showAll();
      },
    });
  }

  snapshot(collection: GeoJSON.FeatureCollection<GeoJSON.Point>): void {
    this.storms.reset(collection.features);
    const [storm] = this.storms.all();
    this.following = storm !== undefined && Date.now() - storm.fixes.at(-1)!.time.getTime() < HISTORY_MS;
    this.selected = storm && !this.following ? nearestFix(storm, this.home) : Infinity;
    this.draw();
  }

  event(event: LiveEvent): void {
    if (event.kind === "removed") this.storms.remove(event.key);
    else this.storms.put(event.payload as unknown as GeoJSON.Feature<GeoJSON.Point>);
    this.following ||= event.kind !== "removed";
    this.draw();
  }

  /** Storms as they are drawn, for whoever looks from outside. */
  all(): Storm[] {
    return this.storms.all();
  }

  private draw(): void {
    const all = this.storms.all();
    const last = (all[0]?.fixes.length ?? 0) - 1;
    this.selected = this.following ? last : Math.min(this.selected, last);
    this.drawing.draw(all, this.selected);
    this.panel.show(all[0], this.selected);
  }

  private select(index: number): void {
    const [storm] = this.storms.all();
    this.selected = index;
    this.following = storm !== undefined && index === storm.fixes.length - 1;
    this.drawing.select(storm?.fixes[index]);
    this.panel.show(storm, index);
  }

  private showAll(): void {
    const [storm] = this.storms.all();
    if (!storm) return;
    const track = boundingExtent(storm.fixes.map((fix) => fromLonLat(eastern(fix.place))));
    this.map.getView().fit(track, { padding: viewPadding(this.map), duration: 700, maxZoom: 8 });
  }
}

/** Room that the panel covers. */
export function viewPadding(map: OlMap): [number, number, number, number] {
  const [width] = map.getSize() ?? [0];
  return (width ?? 0) > 760 ? [40, 40, 60, 400] : [60, 30, 140, 30];
}
