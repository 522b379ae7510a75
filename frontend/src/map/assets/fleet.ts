/** Rescue assets as the live feed tells them: the newest position of each, and where it came from. Pure. */

export interface Asset {
  readonly key: string;
  readonly place: readonly [lon: number, lat: number];
  readonly properties: Readonly<Record<string, unknown>>;
  /** Earlier places, oldest first. */
  readonly trail: readonly (readonly [number, number])[];
}

/** Without a new position for so long an asset's place is not to be trusted. */
export const STALE_SECONDS = 15 * 60;
/** Places kept for the line behind an asset. */
const TRAIL = 40;

type AssetFeature = GeoJSON.Feature<GeoJSON.Point | null>;

/** All assets of the feed. */
export class Fleet {
  private readonly assets = new Map<string, Asset>();

  /** Forget everything and take a snapshot's features. */
  reset(features: readonly AssetFeature[]): void {
    const trails = new Map([...this.assets].map(([key, asset]) => [key, asset.trail]));
    this.assets.clear();
    for (const feature of features) {
      const asset = this.put(String(feature.id), feature);
      if (asset) this.assets.set(asset.key, { ...asset, trail: trails.get(asset.key) ?? [] });
    }
  }

  /** Take what was announced of *key*; the asset as it is now, or undefined where nothing is known of its place. */
  put(key: string, news: AssetFeature): Asset | undefined {
    const known = this.assets.get(key);
    if (known && older(news.properties, known.properties)) return known;
    const place = (news.geometry?.coordinates as [number, number] | undefined) ?? known?.place;
    if (!place) return undefined;
    const moved = known !== undefined && (known.place[0] !== place[0] || known.place[1] !== place[1]);
    const asset: Asset = {
      key,
      place,
      properties: { ...known?.properties, ...news.properties },
      trail: moved ? [...known.trail, known.place].slice(-TRAIL) : (known?.trail ?? []),
    };
    this.assets.set(key, asset);
    return asset;
  }

  remove(key: string): void {
    this.assets.delete(key);
  }

  all(): Asset[] {
    return [...this.assets.values()];
  }
}

/** What an asset is called. */
export function nameOf(asset: Asset): string {
  return (asset.properties.name as string | undefined) ?? asset.key;
}

/** When the asset was where it is shown; null where nobody said. */
export function reportedAt(asset: Asset): Date | null {
  const when = asset.properties.positioned_at;
  return typeof when === "string" ? new Date(when) : null;
}

/** Whether an asset's place is too old to be trusted at *now*. */
export function stale(asset: Asset, now: Date): boolean {
  const when = reportedAt(asset);
  return when === null || now.getTime() - when.getTime() > STALE_SECONDS * 1000;
}

function older(news: Readonly<Record<string, unknown>> | null, known: Readonly<Record<string, unknown>>): boolean {
  const [now, before] = [news?.positioned_at, known.positioned_at];
  return typeof now === "string" && typeof before === "string" && Date.parse(now) < Date.parse(before);
}
