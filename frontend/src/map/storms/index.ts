/** The storms of the live map: what the feed says, drawn and told. */
import type OlMap from "ol/Map";
import { boundingExtent } from "ol/extent";
import { fromLonLat } from "ol/proj";
import type { LayerConfig } from "../../shared/config";
import { byId } from "../../shared/dom";
import type { LiveEvent } from "../../shared/live";
import { eastern, StormDrawing } from "./drawing";
import { StormPanel } from "./panel";
import { followed, nearestFix, Storms, together, type Storm } from "./tracks";

/** A storm whose last fix is older than this is history: it is shown where it came nearest. */
const HISTORY_MS = 48 * 3_600_000;

export class StormMap {
  readonly drawing: StormDrawing;
  private readonly storms = new Storms();
  private readonly panel: StormPanel;
  /** Id of the storm to follow: chosen, or heard of last. */
  private wanted: string | null = null;
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
    map.on("singleclick", (event) => {
      this.selectAt(event.pixel);
    });
    this.panel = new StormPanel(room, byId("storm-brief"), fixes, {
      select: (index) => {
        this.select(index);
      },
      choose: (id) => {
        this.choose(id);
      },
      show: () => {
        this.showAll();
      },
    });
  }

  snapshot(collection: GeoJSON.FeatureCollection<GeoJSON.Point>): void {
    this.storms.reset(collection.features);
    this.choose(this.wanted);
  }

  event(event: LiveEvent): void {
    if (event.kind === "removed") this.storms.remove(event.key);
    else this.take(event.payload as unknown as GeoJSON.Feature<GeoJSON.Point>);
    this.draw();
  }

  /** Storms that the feed told of, the one heard of last first. */
  all(): Storm[] {
    return this.storms.all();
  }

  /** A new fix of a storm is what everybody wants to see. */
  private take(feature: GeoJSON.Feature<GeoJSON.Point>): void {
    this.storms.put(feature);
    this.wanted = String(feature.properties?.storm);
    this.following = true;
  }

  /** Follow the storm of this id; one that is over is shown where it came nearest. */
  private choose(id: string | null): void {
    this.wanted = id;
    const storm = followed(this.storms.all(), id);
    const over = storm !== undefined && !storm.exercise && Date.now() - storm.fixes.at(-1)!.time.getTime() > HISTORY_MS;
    this.following = !over;
    this.selected = over ? nearestFix(storm, this.home) : 0;
    this.draw();
  }

  private draw(): void {
    const all = this.storms.all();
    const storm = followed(all, this.wanted);
    const last = (storm?.fixes.length ?? 0) - 1;
    this.selected = this.following ? last : Math.min(this.selected, last);
    this.drawing.draw(storm ? together(all, storm) : [], this.selected);
    this.panel.show(storm, this.selected, all);
  }

  private select(index: number): void {
    const all = this.storms.all();
    const storm = followed(all, this.wanted);
    this.selected = index;
    this.following = storm !== undefined && index === storm.fixes.length - 1;
    this.drawing.select(storm?.fixes[index]);
    this.panel.show(storm, index, all);
  }

  private selectAt(pixel: number[]): void {
    const fix = this.drawing.fixAt(pixel);
    const index = followed(this.storms.all(), this.wanted)?.fixes.findIndex((one) => one.id === fix?.id) ?? -1;
    if (index >= 0) this.select(index);
  }

  private showAll(): void {
    const storm = followed(this.storms.all(), this.wanted);
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
