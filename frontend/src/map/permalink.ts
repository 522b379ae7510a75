/** Keeps the page's address as the map is, and the map as the address says, also when somebody goes back. */
import type OlMap from "ol/Map";
import { fromLonLat, toLonLat } from "ol/proj";
import { readAddress, sameSelection, writeAddress, type Address, type Place, type Selection } from "./address";

/** The parts of the page that have a share of the address. */
export interface Parts {
  /** Layers switched on; null where they are the usual ones. */
  layers(): readonly string[] | null;
  showLayers(names: readonly string[] | null): void;
  selection(): Selection | null;
  /** Open the card of a feature, or close it; *going* also moves the map there. */
  select(at: Selection | null, going: boolean): void;
}

export class Permalink {
  /** While the map follows the address it does not write it. */
  private following = false;
  private parts: Parts | undefined;

  constructor(private readonly map: OlMap) {
    map.on("moveend", () => {
      this.write();
    });
    window.addEventListener("popstate", () => {
      this.follow(readAddress(window.location.hash));
    });
  }

  /** Show the place that the address names. False where it names none. */
  restorePlace(): boolean {
    const { place } = readAddress(window.location.hash);
    if (place) this.show(place);
    return place !== null;
  }

  /** From now on the address has the share of *parts*; what it says of them is shown. */
  join(parts: Parts): void {
    this.parts = parts;
    this.follow(readAddress(window.location.hash), true);
  }

  /** Write the address anew; a chosen feature that is another than before makes an entry of its own. */
  write(): void {
    if (this.following) return;
    const now = this.now();
    const hash = writeAddress(now);
    if (hash === window.location.hash) return;
    if (sameSelection(readAddress(window.location.hash).at, now.at)) window.history.replaceState(null, "", hash);
    else window.history.pushState(null, "", hash);
  }

  private now(): Address {
    const view = this.map.getView();
    const [lon, lat] = toLonLat(view.getCenter() ?? [0, 0]) as [number, number];
    return {
      place: { zoom: view.getZoom() ?? 0, lon, lat },
      layers: this.parts?.layers() ?? null,
      at: this.parts?.selection() ?? null,
    };
  }

  private follow(address: Address, opening = false): void {
    this.following = true;
    if (address.place) this.show(address.place);
    if (!opening || address.layers) this.parts?.showLayers(address.layers);
    if (!opening || address.at) this.parts?.select(address.at, address.place === null);
    this.following = false;
  }

  private show({ zoom, lon, lat }: Place): void {
    const view = this.map.getView();
    view.cancelAnimations();
    view.setCenter(fromLonLat([lon, lat]));
    view.setZoom(zoom);
  }
}
