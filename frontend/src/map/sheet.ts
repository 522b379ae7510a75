/** The panel: beside the map on a wide screen, a sheet that is pulled up on a phone. */
import type OlMap from "ol/Map";
import { byId } from "../shared/dom";

const PHONE = "(max-width: 760px)";

/** Let the handle open and close the panel; closed at first on a phone. */
export function sheet(map: OlMap): void {
  const panel = byId("panel");
  const handle = byId("panel-toggle");
  const open = (shown: boolean): void => {
    panel.classList.toggle("closed", !shown);
    handle.setAttribute("aria-expanded", String(shown));
  };
  const phone = window.matchMedia(PHONE);
  open(!phone.matches);
  phone.addEventListener("change", () => {
    open(!phone.matches);
  });
  handle.addEventListener("click", () => {
    open(panel.classList.contains("closed"));
  });
  map.on("movestart", () => {
    if (phone.matches) open(false);
  });
}
